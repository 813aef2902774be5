using System.Net;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>
/// Posts messages by way of an API node until it is cancelled: most with a key, which must all be taken, and some
/// without, of which a killed silo may lose some.
/// </summary>
internal sealed class ApiLoad
{
    private const int KeyedWritersCount = 4;
    private const int OtherWritersCount = 2;

    private readonly List<Task> writing;
    private int keyedCount;
    private int othersCount;
    private int lostCount;

    public ApiLoad(ApiCaller caller, CancellationToken over)
    {
        writing =
        [
            .. Enumerable.Range(0, KeyedWritersCount).Select(writer => WriteKeyedAsync(caller, writer, over)),
            .. Enumerable.Range(0, OtherWritersCount).Select(writer => WriteOthersAsync(caller, writer, over)),
        ];
    }

    public int KeyedCount => keyedCount;

    public int AcceptedCount => keyedCount + othersCount;

    /// <summary>Messages without a key whose silo was lost.</summary>
    public int LostCount => lostCount;

    /// <summary>Until so many more messages with a key were taken, or a writer failed.</summary>
    public async Task UntilMoreAsync()
    {
        var wanted = keyedCount + 100;
        await Waiting.UntilAsync(() => keyedCount >= wanted || writing.Exists(static one => one.IsFaulted));
    }

    public Task WaitAsync() => Task.WhenAll(writing);

    private async Task WriteKeyedAsync(ApiCaller caller, int writer, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var key = $"{writer}-{i}";
            var (status, body) = await caller.PostAsync("api/v1/messages", BodyOf(key), key);
            Assert.True(status == HttpStatusCode.Accepted, $"{key}: {status} {body}");
            Interlocked.Increment(ref keyedCount);
        }
    }

    private async Task WriteOthersAsync(ApiCaller caller, int writer, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var answer = await caller.PostAsync("api/v1/messages", BodyOf($"other-{writer}-{i}"));
            if (answer.Status == HttpStatusCode.Accepted)
            {
                Interlocked.Increment(ref othersCount);
                continue;
            }

            ApiCaller.AssertRefused(HttpStatusCode.ServiceUnavailable, "silo_lost", answer);
            Interlocked.Increment(ref lostCount);
        }
    }

    private static string BodyOf(string id) => $$"""{"id":"item-{{id}}","path":"a.txt"}""";
}
