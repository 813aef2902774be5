using System.Globalization;
using SQLitePCL;
using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Sqlite;

/// <summary>What the embedded store does with its files.</summary>
public sealed class SqliteFileTests : IAsyncLifetime
{
    private readonly SqliteHarness harness = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    [Fact]
    public async Task A_second_store_is_told_which_file_and_which_process()
    {
        await using var first = harness.NewStore();
        await first.OpenAsync(Cancellation);
        await using var second = harness.NewStore();

        var error = await Assert.ThrowsAsync<StoreException>(async () => await second.OpenAsync(Cancellation));

        Assert.Equal(StoreFault.Busy, error.Fault);
        Assert.Contains(SqliteOptions.FileName, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_crash_that_closed_nothing()
    {
        await using var first = harness.NewStore();
        var silo = await TestSilo.JoinAsync(first);
        var transaction = await silo.CommitAsync(TestSilo.Message(), TestSilo.Message());

        // The files as a crash leaves them: the log not written back, no store closed.
        await using var after = new SqliteHarness();
        foreach (var suffix in new[] { "", "-wal" })
            File.Copy(
                Path.Combine(harness.DataDirectory, SqliteOptions.FileName + suffix),
                Path.Combine(after.DataDirectory, SqliteOptions.FileName + suffix));
        await using var second = after.NewStore();
        var rejoined = await TestSilo.JoinAsync(second);

        Assert.Equal(2, await rejoined.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        Assert.True(await rejoined.CommitAsync(TestSilo.Message()) > transaction);
    }

    [Fact]
    public async Task A_silo_that_leaves_gives_its_partitions_back()
    {
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        Assert.Equal((256, 0), ReadPartitions());

        await store.LeaveAsync(silo.Id, Cancellation);

        Assert.Equal((0, 256), ReadPartitions());
    }

    [Fact]
    public async Task A_round_that_changes_what_does_not_exist_is_refused_whole()
    {
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);

        var outcome = await silo.TryCommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.States.Add(TestSilo.Item("nobody", "{}", false));
        });

        Assert.IsType<CommitOutcome.Rejected>(outcome);
        Assert.Equal(0, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        await silo.CommitAsync();
    }

    [Fact]
    public async Task A_message_stored_already_is_refused()
    {
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        var message = TestSilo.Message();
        await silo.CommitAsync(message);

        Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(round => round.Messages.Add(message)));
    }

    [Fact]
    public async Task A_database_newer_than_the_build_is_not_touched()
    {
        await using (var store = harness.NewStore())
            await store.OpenAsync(Cancellation);
        Execute("pragma user_version = 9999");

        await using var again = harness.NewStore();
        var error = await Assert.ThrowsAsync<StoreException>(async () => await again.OpenAsync(Cancellation));

        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.Contains("9999", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_as_such()
    {
        await File.WriteAllTextAsync(
            Path.Combine(harness.DataDirectory, SqliteOptions.FileName), new string('x', 8192), Cancellation);

        await using var store = harness.NewStore();
        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Cancellation));

        Assert.Equal(StoreFault.Fatal, error.Fault);
    }

    [Fact]
    public async Task A_file_that_fails_under_a_commit_is_fatal()
    {
        Exception? fatal = null;
        await using var store = new SqliteStore(
            new SqliteOptions
            {
                DataDirectory = harness.DataDirectory,
                OnFatal = e => fatal = e,
                WriterCacheKiB = 64,
                MmapBytes = 0,
            },
            TimeProvider.System);
        var silo = await TestSilo.JoinAsync(store);
        await silo.CommitAsync(Enumerable.Range(0, 2000).Select(_ => TestSilo.Message()).ToArray());
        await using (
            var log = new FileStream(
                Path.Combine(harness.DataDirectory, SqliteOptions.FileName + "-wal"),
                FileMode.Open,
                FileAccess.Write,
                FileShare.ReadWrite))
        {
            log.SetLength(0);
        }

        var outcome = await silo.TryCommitAsync(round =>
            round.Messages.AddRange(Enumerable.Range(0, 2000).Select(_ => TestSilo.Message())));

        Assert.IsType<CommitOutcome.Unknown>(outcome);
        Assert.NotNull(fatal);
    }

    private (int Owned, int Free) ReadPartitions()
    {
        var options = new SqliteOptions { DataDirectory = harness.DataDirectory };
        using var connection = new SqliteConnection(options.DatabasePath, readOnly: true);
        var select = connection.Prepare("select count(silo), count(*) - count(silo) from partitions");
        Assert.True(select.Step());
        return (select.Int32(0), select.Int32(1));
    }

    private void Execute(string sql)
    {
        Assert.Equal(
            raw.SQLITE_OK,
            raw.sqlite3_open(Path.Combine(harness.DataDirectory, SqliteOptions.FileName), out var handle));
        using (handle)
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(handle, sql));
    }
}
