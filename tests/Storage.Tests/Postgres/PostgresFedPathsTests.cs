using Npgsql;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Tests.Conformance;
using Tributary.Tests.Shared;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Indexed paths between the steps of a change, and beside silos that cannot follow one.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresFedPathsTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_span_that_a_lost_process_did_not_begin_is_begun_by_any_review_above_what_is_stored()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = new IndexingSilo(await TestSilo.JoinAsync(store));
        await silo.DeclareAsync("/i");
        await silo.CommitAsync([silo.Message("""{"i":0}""", 0)]);
        // As a process leaves it that ends between the change and the place.
        await ExecuteAsync(harness, "delete from indexed_spans");
        await silo.CommitAsync([silo.Message("""{"i":1}""", 1)]);

        Assert.True((await store.Generations.ReadAsync(Cancellation)).IsDue);
        var stored = await store.Generations.ReviewAsync(Cancellation);

        Assert.False(stored.IsDue);
        Assert.Equal(silo.Silo.Definitions, stored.Version);
        await silo.CommitAsync([silo.Message("""{"i":2}""", 2), silo.Message("""{"i":3}""", 3)]);
        await AssertFoundAsync(silo, found: 3, scanned: 2 + 1, "[0,1,3]");
    }

    [Fact]
    public async Task While_a_silo_of_an_earlier_version_lives_its_paths_stay_and_no_other_begins()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        await store.OpenAsync(Cancellation);
        // As a version before schema version 13 leaves the rows: its paths are those of its join.
        await ExecuteAsync(
            harness,
            """
            insert into silos(address, status, round, transaction_id, backend_pid, backend_start, schema_version)
            values ('', 'active', 0, 0, 0, now(), 12);
            insert into indexed_paths(pointer) values ('/old');
            insert into indexed_spans(path, since) select id, 0 from indexed_paths;
            """);
        var (first, second) = (await JoinAsync(store), await JoinAsync(harness.NewStore()));

        await first.DeclareAsync("/i");
        Assert.Equal(["/old"], first.Paths.Keys);
        await first.CommitAsync([first.Message("""{"i":0,"old":0}""", 0)]);
        Assert.False((await store.Generations.ReadAsync(Cancellation)).IsDue);

        await ExecuteAsync(harness, "update silos set status = 'dead' where schema_version = 12");
        Assert.True((await store.Generations.ReadAsync(Cancellation)).IsDue);
        await second.DeclareAsync("/n");
        await first.LearnAsync();
        Assert.Equal(["/i", "/n"], first.Paths.Keys.Order());
        await first.CommitAsync([first.Message("""{"i":1}""", 1), first.Message("""{"i":2}""", 2)]);
        await AssertFoundAsync(first, found: 2, scanned: 1 + 1, "[0,2]");
    }

    [Fact]
    public async Task A_span_begins_above_a_round_that_was_under_way_when_the_path_was_named()
    {
        var harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
        await using var store = harness.NewStore();
        var silo = new IndexingSilo(await TestSilo.JoinAsync(store));
        await silo.DeclareAsync();
        // As a round does: its fence holds the row of its silo until it ends.
        await using var round = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await round.OpenAsync(Cancellation);
        await ExecuteAsync(
            round, $"begin; update silos set transaction_id = transaction_id where id = {silo.Silo.Id.Value}");

        var change = Task.Run(() => silo.DeclareAsync("/i"), Cancellation);
        await Waiting.UntilAsync(async () => change.IsCompleted || await WaitsAsync(harness));
        Assert.False(change.IsCompleted);
        var transaction = await ScalarAsync(round, "select pg_current_xact_id()::text::bigint");
        await ExecuteAsync(round, "commit");
        await change;

        await using var other = new NpgsqlConnection(harness.ConnectionString);
        await other.OpenAsync(Cancellation);
        Assert.True(
            await ScalarAsync(other, "select since from indexed_spans") >= Position.Of(transaction + 1, 0).Value);
    }

    private static async Task<IndexingSilo> JoinAsync(IStore store)
    {
        await store.OpenAsync(Cancellation);
        var silo = new TestSilo(store, (await store.JoinBesideAsync("", Cancellation)).Silo) { IsPicky = true };
        return new IndexingSilo(silo);
    }

    private static async Task AssertFoundAsync(IndexingSilo silo, int found, int scanned, string numbers)
    {
        var filter = new MessageFilter(
            Body: new BodyCondition.Compare("/i", Comparison.In, System.Text.Json.JsonElement.Parse(numbers)));
        var matches = await silo.Silo.Store.Messages.QueryMessagesAsync(
            new MessageQuery(filter, null, null, NewestFirst: false, 100, 100), Cancellation);
        Assert.Equal((found, scanned), (matches.Messages.Count, matches.ScannedCount));
    }

    private static async Task<bool> WaitsAsync(PostgresHarness harness)
    {
        await using var connection = new NpgsqlConnection(harness.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return await ScalarAsync(connection, "select count(*) from pg_locks where not granted") > 0;
    }

    private static async Task ExecuteAsync(PostgresHarness harness, string sql)
    {
        await using var connection = new NpgsqlConnection(harness.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await ExecuteAsync(connection, sql);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
