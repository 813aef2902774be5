using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>Reads at any node, while messages come, what must show at least what was acknowledged before.</summary>
internal sealed class Reader(HttpClient http, EnduranceCluster cluster, IReadOnlyList<Producer> producers, int seed)
{
    private const int DeadlineMs = 8_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Random random = new(seed);

    public int Count { get; private set; }

    /// <summary>Reads that were told to try again, or that lost their node.</summary>
    public int PassedCount { get; private set; }

    public async Task RunAsync(Func<bool> isOver, CancellationToken cancellation)
    {
        while (!isOver())
        {
            var producer = producers[random.Next(producers.Count)];
            var last = producer.Last;
            if (last.BatchesCount > 0)
            {
                await (random.Next(3) switch
                {
                    0 => ReadAggregateAsync(producer, last, cancellation),
                    1 => ReadItemAsync(producer, last, cancellation),
                    _ => ReadLedgerAsync(cancellation),
                });
            }

            await Pace.WaitAsync(Pause);
        }
    }

    // Of the last batch some messages lie behind the cursor.
    private Task ReadAggregateAsync(Producer producer, Producer.Acknowledged last, CancellationToken cancellation)
    {
        var wanted = (last.BatchesCount - 1) * producer.ItemsCount;
        return ReadAsync(
            $"api/v1/aggregates/by-producer?group=[{producer.Number}]&atLeast={last.Cursor}&deadline={DeadlineMs}",
            answer => wanted == 0
                || answer.GetProperty("rows")[0].GetProperty("measures").GetProperty("count").GetInt32() >= wanted,
            cancellation);
    }

    private Task ReadItemAsync(Producer producer, Producer.Acknowledged last, CancellationToken cancellation)
    {
        var item = producer.FirstItem + random.Next(producer.ItemsCount);
        return ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"api/v1/items/{item}"),
            answer => answer.GetProperty("messages").GetInt32() >= last.BatchesCount,
            cancellation);
    }

    private Task ReadLedgerAsync(CancellationToken cancellation) => ReadAsync(
        "api/v1/ledger", static answer => answer.GetProperty("balances").GetBoolean(), cancellation);

    private async Task ReadAsync(string path, Func<JsonElement, bool> isRight, CancellationToken cancellation)
    {
        var node = cluster.Any(random);
        try
        {
            using var answer = await http.GetAsync(new Uri(node.Process.Address, path), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Assert.True(isRight(JsonElement.Parse(text)), $"{node.Name}, {path}: {text}");
                Count++;
                return;
            }

            Answers.AssertPassing(answer.StatusCode, node, $"{path}: {text}");
        }
        catch (Exception lost) when (Answers.IsLost(lost, cancellation))
        {
            // The node was harmed.
        }

        PassedCount++;
    }
}
