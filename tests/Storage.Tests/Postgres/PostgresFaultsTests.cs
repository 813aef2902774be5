using Npgsql;
using Tributary.Aggregates;
using Tributary.Storage.Rounds;
using Tributary.Storage.Tests.Conformance;
using Tributary.TestingHost.Postgres;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>What only a server can do to a store.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresFaultsTests(SharedCluster shared) : IAsyncLifetime
{
    private PostgresHarness? harness;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresHarness Harness => harness!;

    public async ValueTask InitializeAsync() =>
        harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Harness.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_round_whose_backend_is_killed_in_the_middle_is_resolved_and_sent_again(int count)
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "begin; lock table messages in exclusive mode");
        var round = silo.NextRound(next =>
            next.Messages.AddRange(Enumerable.Range(0, count).Select(_ => TestSilo.Message())));
        var commit = store.CommitAsync(round, Cancellation).AsTask();
        await WaitForAsync(
            other, "select exists(select from pg_locks where not granted and relation = 'messages'::regclass)");

        await ExecuteAsync(other, "select pg_terminate_backend(backend_pid, 5000) from silos where status = 'active'");
        Assert.IsType<CommitOutcome.Unknown>(await commit);
        await ExecuteAsync(other, "rollback");

        Assert.IsType<CommitOutcome.Unknown>(await store.CommitAsync(round, Cancellation));
        Assert.IsType<RoundResolution.NotApplied>(await store.ResolveAsync(silo.Id, round.Round, Cancellation));
        await silo.SettleAsync(await store.CommitAsync(round, Cancellation));
        Assert.Equal(count, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    [Fact]
    public async Task A_resolution_ends_the_session_that_still_carries_the_round()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "begin; lock table messages in exclusive mode");
        var round = silo.NextRound(next => next.Messages.Add(TestSilo.Message()));
        var commit = store.CommitAsync(round, Cancellation).AsTask();
        await WaitForAsync(
            other, "select exists(select from pg_locks where not granted and relation = 'messages'::regclass)");

        await using var observer = Harness.NewStore();
        var resolution = await observer.ResolveAsync(silo.Id, round.Round, Cancellation);
        await ExecuteAsync(other, "rollback");

        Assert.IsType<RoundResolution.NotApplied>(resolution);
        Assert.IsType<CommitOutcome.Unknown>(await commit);
        Assert.True(await store.CheckAsync(silo.Id, silo.Round, Cancellation));
    }

    [Fact]
    public async Task A_round_that_was_in_when_its_session_died_is_known_by_its_transaction()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        var transaction = await silo.CommitAsync(TestSilo.Message());
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "select pg_terminate_backend(backend_pid, 5000) from silos where status = 'active'");

        Assert.IsType<CommitOutcome.Unknown>(
            await silo.TryCommitAsync(round => round.Messages.Add(TestSilo.Message())));

        var applied = Assert.IsType<RoundResolution.Applied>(
            await store.ResolveAsync(silo.Id, silo.Round, Cancellation));
        Assert.Equal(transaction, applied.Transaction);
        await silo.CommitAsync(TestSilo.Message());
    }

    [Fact]
    public async Task An_open_writing_transaction_holds_the_horizon()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store, waitsForHorizon: false);
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "begin; select pg_current_xact_id()");
        var message = TestSilo.Message();
        var committed = new CommitOutcome.Committed(await silo.CommitAsync(message), TestSilo.Noon);
        var horizon = await silo.Store.Messages.ReadHorizonAsync(Cancellation);

        var slice = await silo.Store.Messages.ReadAfterAsync(Position.Start, 10, 1000, Cancellation);
        Assert.Empty(slice.Messages);
        Assert.Equal(horizon, slice.Horizon);
        Assert.Empty(await silo.Store.Messages.ReadNewestAsync(new Position(long.MaxValue), 0, 10, Cancellation));
        Assert.Equal(0, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        Assert.Null(await silo.Store.Messages.FindAsync(message.Message.Id, Cancellation));

        await ExecuteAsync(other, "rollback");
        await silo.SettleAsync(committed);
        Assert.Single((await silo.Store.Messages.ReadAfterAsync(Position.Start, 10, 1000, Cancellation)).Messages);
        Assert.Equal(1, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    [Fact]
    public async Task A_round_that_changes_what_does_not_exist_is_refused_whole()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);

        var outcome = await silo.TryCommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.States.Add(TestSilo.Item("nobody", "{}", false));
        });

        var rejected = Assert.IsType<CommitOutcome.Rejected>(outcome);
        Assert.Contains("items", rejected.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        await silo.CommitAsync();
    }

    [Fact]
    public async Task A_key_too_long_for_an_index_is_refused_and_the_session_goes_on()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        var bytes = new byte[4000];
        new Random(1).NextBytes(bytes);
        var row = TestSilo.Aggregate(new AggregateKey(1, 0, Convert.ToHexString(bytes)), "{}", true);

        Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(round => round.States.Add(row)));

        await silo.CommitAsync(TestSilo.Message());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_message_stored_already_is_refused_by_insert_and_by_copy(int count)
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        var messages = Enumerable.Range(0, count).Select(_ => TestSilo.Message()).ToArray();
        await silo.CommitAsync(messages);

        Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(round => round.Messages.AddRange(messages)));

        await silo.CommitAsync(TestSilo.Message());
    }

    [Fact]
    public async Task A_database_newer_than_the_build_is_not_touched()
    {
        await using var store = Harness.NewStore();
        await store.OpenAsync(Cancellation);
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "insert into schema_migrations(version, name) values (9999, 'from the future')");

        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Cancellation));

        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.Contains("9999", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_whose_server_has_counted_less_than_its_positions_is_not_used()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        await silo.CommitAsync(TestSilo.Message());
        await store.OpenAsync(Cancellation);
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, "update messages set position = position + (1::bigint << 40)");

        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Cancellation));

        Assert.Equal(StoreFault.Fatal, error.Fault);
    }

    [Fact]
    public async Task A_server_that_restarts_costs_a_resolution_and_nothing_else()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var own = new PostgresHarness(await cluster.CreateDatabaseAsync());
        await using var store = own.NewStore();
        var silo = await TestSilo.JoinAsync(store);
        await silo.CommitAsync(TestSilo.Message());

        await cluster.KillAsync();
        var round = silo.NextRound(next => next.Messages.Add(TestSilo.Message()));
        Assert.IsType<CommitOutcome.Unknown>(await store.CommitAsync(round, Cancellation));
        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await store.ResolveAsync(silo.Id, round.Round, Cancellation));
        Assert.Equal(StoreFault.Transient, error.Fault);
        await cluster.StartAsync();

        Assert.IsType<RoundResolution.NotApplied>(await store.ResolveAsync(silo.Id, round.Round, Cancellation));
        await silo.SettleAsync(await store.CommitAsync(round, Cancellation));
        Assert.Equal(2, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(Harness.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task WaitForAsync(NpgsqlConnection connection, string condition)
    {
        await using var command = new NpgsqlCommand(condition, connection);
        await Waiting.UntilAsync(async () => (bool)(await command.ExecuteScalarAsync(Cancellation))!, condition);
    }
}
