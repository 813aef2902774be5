using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Sends batches of one message for each of its items. A batch is sent again, with its key, at one node or another
/// until every line of it is acknowledged; only then the next one is sent. So the messages of an item have one order.
/// </summary>
internal sealed class Producer(HttpClient http, EnduranceCluster cluster, int number, int itemsCount, int seed)
{
    // One message in so many refers to content that comes at the end of the run.
    private const int LateEvery = 400;
    // One in so many refers to content that is there.
    private const int ContentEvery = 10;

    private readonly Random random = new(seed);
    private volatile Acknowledged acknowledged = new(0, "");
    private int inFlightCount;
    private int repeatsCount;

    /// <summary>Whole batches that were acknowledged, and a cursor that none of their messages lies behind.</summary>
    public sealed record Acknowledged(int BatchesCount, string Cursor);

    public int Number => number;

    public int ItemsCount => itemsCount;

    /// <summary>Items are numbered from 1 over all producers.</summary>
    public int FirstItem => 1 + (number * itemsCount);

    public Acknowledged Last => acknowledged;

    public int InFlightCount => inFlightCount;

    /// <summary>Batches that had to be sent again.</summary>
    public int RepeatsCount => repeatsCount;

    public async Task RunAsync(TimeSpan interval, Func<bool> isOver, CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(interval);
        for (var batch = 0; !isOver(); batch++)
        {
            await pace.WaitForNextTickAsync(cancellation);
            var body = string.Join('\n', Enumerable.Range(FirstItem, itemsCount).Select(item => Line(item, batch)));
            string? cursor;
            while ((cursor = await TrySendAsync(batch, body, cancellation)) is null)
                repeatsCount++;
            acknowledged = new(batch + 1, cursor);
        }
    }

    // The cursor of the last line, or null when a line was not acknowledged.
    private async Task<string?> TrySendAsync(int batch, string body, CancellationToken cancellation)
    {
        var node = cluster.Any(random);
        Interlocked.Add(ref inFlightCount, itemsCount);
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(node.Process.Address, "api/v1/messages/batch"))
            {
                Content = content,
                Headers = { { "Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{number}/{batch}") } },
            };
            using var answer = await http.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
                return CursorOf(text);
            Answers.AssertPassing(answer.StatusCode, node, text);
            return null;
        }
        catch (Exception lost) when (Answers.IsLost(lost, cancellation))
        {
            return null;
        }
        finally
        {
            Interlocked.Add(ref inFlightCount, -itemsCount);
        }
    }

    private string? CursorOf(string answer)
    {
        // A node that is killed in the middle of it leaves a part of the answer.
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < itemsCount || !answer.EndsWith('\n'))
            return null;
        var results = lines.Select(static line => JsonElement.Parse(line)).ToList();
        var isWhole = true;
        foreach (var result in results)
        {
            var status = (HttpStatusCode)result.GetProperty("status").GetInt32();
            isWhole &= status == HttpStatusCode.Accepted;
            Assert.True(status == HttpStatusCode.Accepted || Answers.IsPassing(status), result.GetRawText());
        }

        return isWhole ? results.Select(static one => one.GetProperty("cursor").GetString()).Last() : null;
    }

    private string Line(int item, int batch)
    {
        var serial = (batch * itemsCount) + item;
        var file = serial % LateEvery == 0 ? EnduranceConfiguration.LateContent
            : serial % ContentEvery == 0 ? EnduranceConfiguration.Content : "";
        var (group, kind) = (serial % 7, (char)('a' + (serial % 5)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"item":{{item}},"n":{{batch}},"p":{{number}},"group":{{group}},"kind":"{{kind}}","file":"{{file}}"}
            """);
    }
}
