using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Tests.Conformance;
using Tributary.TestingHost;

namespace Tributary.Storage.Tests.Sqlite;

/// <summary>What the embedded store says of a disk that is full.</summary>
public sealed class SqliteFullDiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_round_without_room_is_not_stored_and_the_same_round_is_when_there_is_some()
    {
        await using var disk = await SmallDisk.MountAsync(16 << 20);
        await using var harness = new SqliteHarness();
        Exception? fatal = null;
        await using var store = new SqliteStore(
            new SqliteOptions { DataDirectory = Path.Combine(disk.Path, "data"), OnFatal = error => fatal = error },
            TimeProvider.System);
        var silo = await TestSilo.JoinAsync(store);
        await silo.CommitAsync(TestSilo.Message());
        disk.Fill();
        var round = silo.NextRound(next =>
            next.Messages.AddRange(
                Enumerable.Range(0, 100).Select(_ => TestSilo.Message(body: $"\"{new string('x', 10_000)}\""))));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var full = Assert.IsType<CommitOutcome.Full>(await store.CommitAsync(round, Cancellation));
            Assert.Equal("store_full", full.Error.Code);
            Assert.Contains("tributary.db", full.Error.Message, StringComparison.Ordinal);
            Assert.IsType<RoundResolution.NotApplied>(await store.ResolveAsync(silo.Id, round.Round, Cancellation));
            Assert.Equal(1, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        }

        disk.Free();
        await silo.SettleAsync(await store.CommitAsync(round, Cancellation));
        Assert.Equal(101, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        Assert.Null(fatal);
    }
}
