using Npgsql;
using Tributary.Storage.Rounds;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Snapshots of reads while a transaction of somebody else is open.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresSnapshotTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_tells_an_open_transaction_from_the_durable_ones_around_it()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store, waitsForHorizon: false);
        var call = new DeferredCall(0, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[]"u8.ToArray());
        var before = await silo.CommitAsync(round => round.Deferred.Add(call));
        await using var other = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await using var command = new NpgsqlCommand("select pg_current_xact_id()::text::bigint", other);
        var open = (long)(await command.ExecuteScalarAsync(Cancellation))!;
        var after = await silo.CommitAsync(round => round.Deferred.Add(call));

        var snapshot = (await store.ReadDeferredCallsAsync(null, 0, 10, Cancellation)).Snapshot;
        await transaction.RollbackAsync(Cancellation);

        Assert.True(before < open && open < after);
        Assert.Equal((true, false, true), (snapshot.Sees(before), snapshot.Sees(open), snapshot.Sees(after)));
        Assert.True((await store.ReadDeferredCallsAsync(null, 0, 10, Cancellation)).Snapshot.Sees(open));
    }
}
