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

    [Fact]
    public async Task Nothing_is_cordoned_while_a_silo_lives_that_does_not_know_of_it()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        await store.OpenAsync(Cancellation);
        var silo = (await store.JoinBesideAsync("", Cancellation)).Silo;
        await using var other = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        // As a version before schema version 12 writes its row.
        await ExecuteAsync(
            other,
            """
            insert into silos(address, status, round, transaction_id, backend_pid, backend_start)
            values ('', 'active', 0, 0, 0, now())
            """);

        Assert.Equal(CordonOutcome.EarlierVersion, await store.CordonAsync(silo, true, Cancellation));

        Assert.DoesNotContain(await store.ReadSilosAsync(Cancellation), static row => row.IsCordoned);
        Assert.Equal(CordonOutcome.Noted, await store.CordonAsync(silo, false, Cancellation));
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
