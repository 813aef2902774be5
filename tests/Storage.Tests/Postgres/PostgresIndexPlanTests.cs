using System.Text.Json;
using Npgsql;
using Tributary.Storage.Messages;
using Tributary.Storage.Postgres.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>
/// How the server runs a search by value: it must not go through the messages, however many there are and whatever it
/// knows of them.
/// </summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresIndexPlanTests(SharedCluster shared)
{
    private const int MessageCount = 40_000;
    private const int AskCount = 21;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_search_by_value_looks_at_no_more_rows_than_it_is_asked_for()
    {
        await using var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = new IndexingSilo(await TestSilo.JoinAsync(store));
        await silo.DeclareAsync("/kind", "/i");
        foreach (var round in Enumerable.Range(0, MessageCount).Chunk(5_000))
            await silo.CommitAsync(
                round.Select(i =>
                    silo.Message($$"""{"kind":"{{(i % 4_000 == 1 ? "rare" : "common")}}","i":{{i}}}""", i)));

        await using var connection = new NpgsqlConnection(harness.ConnectionString);
        await connection.OpenAsync(Cancellation);
        foreach (var setting in new[]
            {
                "set plan_cache_mode = force_custom_plan",
                "set plan_cache_mode = force_generic_plan",
                "analyze",
                "set plan_cache_mode = force_custom_plan",
            })
        {
            await using (var command = new NpgsqlCommand(setting, connection))
                await command.ExecuteNonQueryAsync(Cancellation);
            foreach (var newestFirst in new[] { true, false })
            {
                await AssertBoundedAsync(connection, silo, ["\"common\""], newestFirst, setting);
                await AssertBoundedAsync(connection, silo, ["\"rare\""], newestFirst, setting);
                await AssertBoundedAsync(
                    connection, silo, ["\"common\"", "\"rare\"", "\"nothing\""], newestFirst, setting);
            }
        }
    }

    private static async Task AssertBoundedAsync(
        NpgsqlConnection connection, IndexingSilo silo, string[] values, bool newestFirst, string setting)
    {
        var wanted = Array.ConvertAll(values, value =>
            IndexOperands.ValueOf(silo.Paths["/kind"], JsonElement.Parse(value)));
        var filter = new RowFilter(
            new MessageFilter(
                Body: new BodyCondition.Compare(
                    "/kind", Comparison.In, JsonElement.Parse($"[{string.Join(",", values)}]"))));
        var range = new ScanRange(
            filter, new ScanSource.OfValues(wanted), -1, long.MaxValue, newestFirst, AskCount - 1, AskCount - 1,
            long.MaxValue);
        await using var command = PostgresScan.Command(connection, range);
        using var plan = await ExplainAsync(connection, command);

        var tables = 0;
        foreach (var node in Nodes(plan.RootElement[0].GetProperty("Plan")))
        {
            var rows = node.GetProperty("Actual Rows").GetDouble() * node.GetProperty("Actual Loops").GetDouble();
            Assert.True(
                rows <= AskCount * values.Length,
                $"{setting}: {node.GetProperty("Node Type")} looked at {rows} rows: {plan.RootElement}");
            if (!node.TryGetProperty("Relation Name", out _))
                continue;

            tables++;
            Assert.True(
                node.GetProperty("Node Type").GetString() is "Index Scan" or "Index Only Scan",
                $"{setting}: {plan.RootElement}");
            Assert.True(
                !node.TryGetProperty("Rows Removed by Filter", out var removed) || removed.GetDouble() == 0,
                $"{setting}: {plan.RootElement}");
        }

        Assert.Equal(2, tables);
    }

    /// <summary>
    /// Runs a statement as a prepared one, so that the server may choose a plan that does not know the values.
    /// </summary>
    private static async Task<JsonDocument> ExplainAsync(NpgsqlConnection connection, NpgsqlCommand statement)
    {
        var values = string.Join(", ", statement.Parameters.Select(parameter => Literal(parameter.Value!)));
        var types = string.Join(", ", statement.Parameters.Select(parameter => TypeOf(parameter.Value!)));
        await using (
            var prepare = new NpgsqlCommand($"prepare explained({types}) as {statement.CommandText}", connection))
            await prepare.ExecuteNonQueryAsync(Cancellation);
        await using (
            var explain = new NpgsqlCommand($"explain (analyze, format json) execute explained({values})", connection))
        {
            var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Cancellation))!);
            await using var deallocate = new NpgsqlCommand("deallocate explained", connection);
            await deallocate.ExecuteNonQueryAsync(Cancellation);
            return plan;
        }
    }

    private static string TypeOf(object value) => value switch
    {
        long => "bigint",
        int => "int",
        byte[] => "bytea",
        int[] => "int[]",
        _ => "bytea[]",
    };

    private static string Literal(object value) => value switch
    {
        long or int => $"{value}",
        byte[] bytes => $"'\\x{Convert.ToHexString(bytes)}'::bytea",
        int[] ids => $"'{{{string.Join(",", ids)}}}'::int[]",
        ReadOnlyMemory<byte>[] keys => $"array[{string.Join(",", keys.Select(key => Literal(key.ToArray())))}]",
        _ => throw new ArgumentException($"A {value.GetType()} was not expected.", nameof(value)),
    };

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    [Fact]
    public async Task A_range_of_keys_is_read_from_the_index_and_no_further_than_it_may()
    {
        await using var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = new IndexingSilo(await TestSilo.JoinAsync(store));
        await silo.DeclareAsync("/i");
        foreach (var round in Enumerable.Range(0, MessageCount).Chunk(5_000))
            await silo.CommitAsync(round.Select(i => silo.Message($$"""{"i":{{i}}}""", i)));

        var low = IndexOperands.Above(silo.Paths["/i"], JsonElement.Parse("100"))!.Value;
        await using var connection = new NpgsqlConnection(harness.ConnectionString);
        await connection.OpenAsync(Cancellation);
        foreach (var setting in new[]
            {
                "set plan_cache_mode = force_custom_plan",
                "set plan_cache_mode = force_generic_plan",
                "analyze",
                "set plan_cache_mode = force_custom_plan",
            })
        {
            await using (var command = new NpgsqlCommand(setting, connection))
                await command.ExecuteNonQueryAsync(Cancellation);
            await using var read = PostgresScan.Command(connection, low, 1_000);
            using var plan = await ExplainAsync(connection, read);
            foreach (var node in Nodes(plan.RootElement[0].GetProperty("Plan")))
                Assert.True(node.GetProperty("Actual Rows").GetDouble() <= 1_000, $"{setting}: {plan.RootElement}");
        }
    }
}
