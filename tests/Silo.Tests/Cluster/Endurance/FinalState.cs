using System.Text.Json;
using Npgsql;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Silo.Tests.Replays;
using Tributary.Silo.Tests.Running;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>What must be true when all is over, compared with a recount of the stored messages.</summary>
internal sealed class FinalState(EnduranceCluster cluster, string connection, IReadOnlyList<Producer> producers)
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(8) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every message that was acknowledged is stored once and in order, and counted in the former definitions. Returns
    /// the number of stored messages.
    /// </summary>
    /// <param name="moreCount">Messages that no producer sent.</param>
    public async Task<long> CheckMessagesAsync(int moreCount)
    {
        var count = producers.Sum(static one => (long)one.Last.BatchesCount * one.ItemsCount) + moreCount;
        foreach (var node in cluster.Nodes)
        {
            using var client = new HttpClient { BaseAddress = node.Process.Address };
            using var ended = await Ledger.WaitAsync(
                client, ledger => Ledger.Count(ledger, "completed") >= count, Cancellation);
            Assert.Equal(count, await ClusterProcesses.AcceptedAsync(http, node.Process));
        }

        await CheckItemsAsync();
        await CountAsync("by-producer", "p");
        await CountAsync("by-group", "group");
        return count;
    }

    /// <summary>After the definitions were changed: all generations equal a recount.</summary>
    public async Task CheckGenerationsAsync()
    {
        using var client = new HttpClient
        {
            BaseAddress = cluster.Silos.First().Process.Address,
            Timeout = TimeSpan.FromMinutes(8),
        };
        var reprocessing = new Reprocessing(client, Cancellation);
        foreach (var name in (string[])["by-group", "by-both"])
        {
            await reprocessing.BeginAsync($"aggregate={name}");
            var replay = await reprocessing.WaitAsync(name, Reprocessing.Ended);
            Assert.Equal("COMPLETED", replay.GetProperty("status").GetString());
        }

        await CountAsync("by-group", "group");
        await reprocessing.SwitchAsync("by-group", 2);
        await CountAsync("by-group", "kind");
        await CountAsync("by-both", "group", "kind");
    }

    /// <summary>What the plugin made of its messages.</summary>
    public async Task CheckPicturesAsync()
    {
        var pictures = await ReadAsync(
            $"""
            select '{EnduranceConfiguration.Camera}', count(*)
            from messages where convert_from(body, 'UTF8')::json->>'file' <> ''
            """);
        Assert.Equal(Show(pictures), Show(await AggregateAsync(cluster.Nodes[^1], "exif-cameras")));
    }

    // Of each item, every number once, and in this order.
    private async Task CheckItemsAsync()
    {
        var wrong = await ReadAsync(
            """
            with stored as (
                select convert_from(body, 'UTF8')::json as body, position, item_sequence from messages),
            numbered as (
                select body->>'item' as item, (body->>'n')::int as n, item_sequence,
                    row_number() over (partition by body->>'item' order by position) as place
                from stored)
            select item, count(*) from numbered where n <> place - 1 or item_sequence <> place group by item
            """);
        Assert.Empty(wrong);
        var found = (await ReadAsync("select item, count(*) from messages group by item")).ToDictionary();
        foreach (var producer in producers)
        {
            for (var item = producer.FirstItem; item < producer.FirstItem + producer.ItemsCount; item++)
                Assert.Equal(producer.Last.BatchesCount, found[$"{item}"]);
        }
    }

    // At every node; contributions of one silo to an aggregate of another are rows for a moment.
    private async Task CountAsync(string name, params string[] group)
    {
        var key = string.Join("|| ' ' ||", group.Select(static one => $"coalesce(body->>'{one}', 'null')"));
        var expected = Show(await ReadAsync(
            $"""
            select {key}, count(*)
            from (select convert_from(body, 'UTF8')::json as body from messages) m group by 1
            """));
        foreach (var node in cluster.Nodes)
        {
            var found = "";
            try
            {
                await Waiting.UntilAsync(async () =>
                    (found = Show(await AggregateAsync(node, name))) == expected);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{name} at {node.Name}: expected {expected}; found {found}");
            }
        }
    }

    private static async Task<List<KeyValuePair<string, long>>> AggregateAsync(SupervisedNode node, string name)
    {
        using var client = new HttpClient { BaseAddress = node.Process.Address };
        return
        [
            .. (await StoredMessages.ReadAggregateAsync(client, name, Cancellation)).Select(static row =>
                KeyValuePair.Create(
                    string.Join(' ', row.GetProperty("group").EnumerateObject().Select(static one => Text(one.Value))),
                    row.GetProperty("measures").GetProperty("count").GetInt64())),
        ];
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? "null" : value.ToString();

    private static string Show(IEnumerable<KeyValuePair<string, long>> counts) => string.Join(
        ", ", counts.OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => $"{one.Key}: {one.Value}"));

    private async Task<List<KeyValuePair<string, long>>> ReadAsync(string sql)
    {
        await using var database = new NpgsqlConnection(connection + ";Pooling=false;Command Timeout=600");
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, database);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var rows = new List<KeyValuePair<string, long>>();
        while (await reader.ReadAsync(Cancellation))
            rows.Add(new(reader.GetString(0), reader.GetInt64(1)));
        return rows;
    }
}
