using Npgsql;
using Tributary.Storage.Postgres;
using Tributary.Storage.Rounds;
using Tributary.Storage.Tests.Conformance;
using Tributary.Tests.Shared;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Cordons beside those of other sessions.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresCordonTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cordon_waits_for_another_one_and_counts_on_what_that_leaves()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        await store.OpenAsync(Cancellation);
        var first = await store.JoinBesideAsync("", Cancellation);
        await using var beside = harness.NewStore();
        var second = await beside.JoinBesideAsync("", Cancellation);
        await using var other = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await ExecuteAsync(
            other,
            $"begin; select pg_advisory_xact_lock({PostgresSession.CordonLock}); "
            + $"update silos set is_cordoned = true where id = {second.Silo.Value}");

        var cordon = Task.Run(() => store.CordonAsync(first.Silo, true, Cancellation).AsTask());
        await Waiting.UntilAsync(async () => cordon.IsCompleted || await WaitsAsync(other));
        await ExecuteAsync(other, "commit");

        Assert.Equal(CordonOutcome.LastSilo, await cordon);
    }

    private static async Task<bool> WaitsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "select exists(select from pg_locks where locktype = 'advisory' and not granted)", connection);
        return (bool)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
