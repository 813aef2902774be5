using Tributary.Storage.Rounds;
using Tributary.Storage.Tests.Conformance;
using Tributary.TestingHost;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>What the store on PostgreSQL says of tables that cannot grow.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresFullDiskTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task A_round_without_room_is_not_stored_and_the_same_round_is_when_there_is_some(int count)
    {
        await using var disk = await SmallDisk.MountAsync(32 << 20);
        var cluster = await shared.GetAsync();
        var connection = await cluster.CreateDatabaseAsync(disk.Path);
        try
        {
            await FillAsync(new PostgresHarness(connection), disk, count);
        }
        finally
        {
            // Other tests use the server: it must not look for files on a disk that is gone.
            disk.Free();
            await cluster.DropDatabaseAsync(connection);
        }
    }

    private static async Task FillAsync(PostgresHarness harness, SmallDisk disk, int count)
    {
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        await silo.CommitAsync(TestSilo.Message());
        disk.Fill();
        // More than what is left of pages that are there, beside the ones outside of the table's.
        var numbers = Enumerable.Range(0, 400_000 / count).Select(static number => number.ToString("x"));
        var body = $"\"{string.Concat(numbers)}\"";
        var round = silo.NextRound(
            next => next.Messages.AddRange(Enumerable.Range(0, count).Select(_ => TestSilo.Message(body: body))));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var full = Assert.IsType<CommitOutcome.Full>(await store.CommitAsync(round, Cancellation));
            Assert.Equal("store_full", full.Error.Code);
            // The driver has closed the session; the engine resolves before it commits again.
            Assert.IsType<RoundResolution.NotApplied>(await ResolveAsync(store, silo, round, disk));
            Assert.Equal(1, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        }

        disk.Free();
        await silo.SettleAsync(await store.CommitAsync(round, Cancellation));
        Assert.Equal(count + 1, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    // The server may want room for a session that begins; it says so in a way that is tried again.
    private static async Task<RoundResolution> ResolveAsync(
        IPartitionStore store, TestSilo silo, RoundCommit round, SmallDisk disk)
    {
        try
        {
            return await store.ResolveAsync(silo.Id, round.Round, Cancellation);
        }
        catch (StoreException error) when (error.IsPassing)
        {
            disk.Free();
            var resolution = await store.ResolveAsync(silo.Id, round.Round, Cancellation);
            disk.Fill();
            return resolution;
        }
    }
}
