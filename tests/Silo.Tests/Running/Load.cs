using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

/// <summary>
/// Producers that send one message after the other. Those with a key send it again until it is acknowledged; those
/// without send once, and do not know what became of an answer that did not come.
/// </summary>
internal sealed class Load(Uri address, int seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly HttpClient http = new() { BaseAddress = address, Timeout = Patience };
    private readonly SemaphoreSlim acknowledgements = new(0);
    private volatile TaskCompletionSource serverUp = Completed();
    private volatile bool isFinished;
    private int lostAnswersCount;

    /// <summary>The tags of all messages that were sent at least once.</summary>
    public ConcurrentDictionary<string, bool> Sent { get; } = new();

    /// <summary>The ids of acknowledged messages by tag.</summary>
    public ConcurrentDictionary<string, string> Acknowledged { get; } = new();

    /// <summary>Requests that were sent and never answered.</summary>
    public int LostAnswersCount => Volatile.Read(ref lostAnswersCount);

    /// <summary>Producers whose request fails from now on wait for <see cref="Resume"/>.</summary>
    public void Pause() => serverUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => serverUp.TrySetResult();

    /// <summary>Producers end once what they have begun is acknowledged or lost.</summary>
    public void Finish() => isFinished = true;

    /// <summary>Waits for this many acknowledgements that nobody has waited for yet.</summary>
    public async Task WaitForAcknowledgementsAsync(int count, CancellationToken cancellation)
    {
        while (acknowledgements.Wait(0, CancellationToken.None))
        {
            // What came before the restart does not show that the server works again.
        }

        for (var i = 0; i < count; i++)
        {
            Assert.True(await acknowledgements.WaitAsync(Patience, cancellation),
                $"No message was acknowledged for {Patience}.");
        }
    }

    public async Task ProduceAsync(int producer, CancellationToken cancellation)
    {
        var random = new Random(unchecked((seed * 397) ^ producer));
        for (var number = 0; !isFinished; number++)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"{producer}/{number}");
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"tag":"{{tag}}","group":{{random.Next(16)}},"amount":{{random.Next(-100_000, 100_000)}}.{{random.Next(1000):000}},"text":"{{new string('x', random.Next(300))}}"}""");
            var key = random.Next(2) == 0 ? tag : null;
            Sent[tag] = true;
            while (!await TrySendAsync(tag, key, body, cancellation) && key is not null)
            {
                // Unanswered: the key makes it safe to send it again.
            }
        }
    }

    /// <summary>True when it was acknowledged; otherwise returns once the server is up again.</summary>
    private async Task<bool> TrySendAsync(string tag, string? key, string body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/v1/messages", UriKind.Relative));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // Refused while the server stops: the message was not taken.
                await serverUp.Task.WaitAsync(cancellation);
                return false;
            }

            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{(int)answer.StatusCode} {text}");
            using var receipt = JsonDocument.Parse(text);
            Acknowledged[tag] = receipt.RootElement.GetProperty("id").GetString()!;
            acknowledgements.Release();
            return true;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            if (lost is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
                Interlocked.Increment(ref lostAnswersCount);
            await serverUp.Task.WaitAsync(cancellation);
            return false;
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
