using Npgsql;
using Tributary.Storage.Folds;
using Tributary.Storage.Postgres;
using Tributary.Storage.Tests.Conformance;
using Tributary.Tests.Shared;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Folds beside sessions and silos that only a server has.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresFoldTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_folded_while_a_silo_lives_that_cannot_read_it()
    {
        var (harness, silo) = await StartAsync();
        await using var store = silo.Store;
        await using var other = await ConnectAsync(harness);
        // As a version before schema version 12 writes its row.
        await ExecuteAsync(
            other,
            """
            insert into silos(address, status, round, transaction_id, backend_pid, backend_start)
            values ('', 'active', 0, 0, 0, now())
            """);
        Assert.Equal(default, await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation));

        await ExecuteAsync(other, "update silos set status = 'dead' where schema_version = 0");

        Assert.Equal(new FoldStep(0, 1, 1, false), await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Of_two_steps_at_once_one_does_nothing()
    {
        var (harness, silo) = await StartAsync();
        await using var store = silo.Store;
        await using var other = await ConnectAsync(harness);
        await ExecuteAsync(other, $"begin; select pg_advisory_xact_lock({PostgresSession.FoldLock})");

        Assert.Equal(default, await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation));

        await ExecuteAsync(other, "rollback");
        Assert.Equal(1, (await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation)).TallyCount);
    }

    [Fact]
    public async Task What_lies_above_the_horizon_is_folded_when_the_horizon_has_passed_it()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store, waitsForHorizon: false);
        await using var other = await ConnectAsync(harness);
        await ExecuteAsync(other, "begin; select pg_current_xact_id()");
        await silo.CommitAsync(TestSilo.Message());

        // A transaction below the commit is open: it may be another silo's, with a tally in front of this one.
        Assert.Equal(default, await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation));

        await ExecuteAsync(other, "rollback");
        await Waiting.UntilAsync(async () =>
            (await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation)).TallyCount == 1);
    }

    [Fact]
    public async Task The_row_with_the_highest_transaction_stays_and_tells_a_server_that_is_behind()
    {
        var (harness, silo) = await StartAsync();
        await silo.Store.LeaveAsync(silo.Id, Cancellation);
        await silo.Store.DisposeAsync();
        await using var store = harness.NewStore();
        await store.OpenAsync(Cancellation);

        var step = await store.Folds.FoldAsync(10, TimeSpan.Zero, Cancellation);

        Assert.Equal(new FoldStep(0, 1, 0, false), step);
        await using var other = await ConnectAsync(harness);
        await ExecuteAsync(other, "update silos set transaction_id = (1::bigint << 46)");
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await harness.NewStore().OpenAsync(Cancellation));
        Assert.Equal(StoreFault.Fatal, error.Fault);
    }

    private async Task<(PostgresHarness Harness, TestSilo Silo)> StartAsync()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        var silo = await TestSilo.JoinAsync(harness.NewStore());
        await silo.CommitAsync(TestSilo.Message());
        return (harness, silo);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(PostgresHarness harness)
    {
        var connection = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
