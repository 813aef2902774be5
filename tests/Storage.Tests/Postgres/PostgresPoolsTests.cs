using Npgsql;
using Tributary.Storage.Postgres;
using Tributary.Storage.Reminders;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Which connections there are, and whom they serve.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresPoolsTests(SharedCluster shared)
{
    private const int ReadConnectionCount = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queries_that_hold_all_their_connections_hold_up_no_round()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = new PostgresStore(
            new PostgresOptions
            {
                ConnectionString = harness.ConnectionString, ReadConnectionCount = ReadConnectionCount,
                JoinWait = TimeSpan.FromSeconds(5),
            },
            TimeProvider.System);
        var silo = await TestSilo.JoinAsync(store, waitsForHorizon: false);
        await using var other = await ConnectAsync(harness);
        // Apart: a transaction goes on seeing the activity that it saw first.
        await using var observer = await ConnectAsync(harness);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(other, "lock table failures in access exclusive mode");
        var queries = Enumerable.Range(0, ReadConnectionCount * 3)
            .Select(_ => store.Failures.ReadFailuresAsync(null, 10, Cancellation).AsTask()).ToList();
        await Waiting.UntilAsync(async () => await WaitingCountAsync(observer) == ReadConnectionCount);

        await silo.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.States.Add(TestSilo.Item("a", "state", true));
        });
        Assert.True(await store.CheckAsync(silo.Id, silo.Round, Cancellation));
        Assert.Equal("state", await silo.LoadTextAsync(TestSilo.Item("a", "", false)));
        Assert.Empty(await store.ReadRemindersAsync(Beginning, DateTimeOffset.MaxValue, 10, Cancellation));
        Assert.Empty(await store.ReadDeferredCallsAsync(0, 10, Cancellation));
        Assert.Equal(0, await store.Held.ReadLastCallAsync(Cancellation));
        Assert.Equal(256, (await store.ReadOwnersAsync(Cancellation)).Count);
        Assert.All(queries, query => Assert.False(query.IsCompleted));

        await transaction.RollbackAsync(Cancellation);
        Assert.All(await Task.WhenAll(queries), Assert.Empty);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(PostgresHarness harness)
    {
        var connection = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static ReminderMark Beginning => ReminderMark.At(DateTimeOffset.MinValue);

    private static async Task<long> WaitingCountAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            select count(*) from pg_stat_activity
            where application_name = 'tributary read' and wait_event_type = 'Lock' and datname = current_database()
            """,
            connection);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
