using System.Globalization;
using Npgsql;
using Tributary.Plugins;
using Tributary.Storage.Generations;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>What is set in the sessions that write, when the database or the role would have it otherwise.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresSettingsTests(SharedCluster shared) : IAsyncLifetime
{
    private PostgresHarness? harness;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresHarness Harness => harness!;

    public async ValueTask InitializeAsync() =>
        harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Harness.DisposeAsync();

    [Theory]
    [InlineData("alter database {0} set synchronous_commit = off")]
    [InlineData("alter role tributary in database {0} set synchronous_commit = local")]
    public async Task Every_session_that_writes_waits_for_the_disk(string otherwise)
    {
        await using var other = await ConnectAsync();
        await ExecuteAsync(other, string.Format(CultureInfo.InvariantCulture, otherwise, other.Database));
        await using var store = Harness.NewStore();
        var silo = await JoinWithWitnessAsync(store, other);
        await using (var asked = await ConnectAsync())
            Assert.NotEqual("on", await ScalarAsync(asked, "select current_setting('synchronous_commit')"));

        await silo.CommitAsync(TestSilo.Message());
        await silo.CommitAsync([.. Enumerable.Range(0, 300).Select(_ => TestSilo.Message())]);
        await silo.Store.Generations.DeclareAsync(
            silo.Id, [new DefinitionProposal("a", "1", "1"u8.ToArray())], Cancellation);
        await ApplyAsync(store, "synchronous_commit");

        Assert.Equal(
            "definitions on,messages on,plugin on",
            await ScalarAsync(other, BySource + "'synchronous_commit'"));
    }

    [Fact]
    public async Task The_session_that_commits_is_set_up_for_rounds_whatever_the_database_says()
    {
        await using var other = await ConnectAsync();
        string[] settings =
        [
            "default_transaction_isolation = 'serializable'", "jit = on", "enable_seqscan = on",
            "client_min_messages = debug1",
        ];
        foreach (var setting in settings)
            await ExecuteAsync(other, $"alter database {other.Database} set {setting}");
        await using var store = Harness.NewStore();
        var silo = await JoinWithWitnessAsync(store, other);

        await silo.CommitAsync(TestSilo.Message());

        Assert.Equal(
            "client_min_messages error,enable_hashjoin off,enable_mergejoin off,enable_seqscan off,"
            + "idle_in_transaction_session_timeout 15000,jit off,plan_cache_mode force_generic_plan,"
            + "transaction_isolation read committed",
            await ScalarAsync(other, ByName + "'synchronous_commit'"));
    }

    [Fact]
    public async Task Sessions_for_reads_and_plugins_keep_what_the_connection_string_asks_for()
    {
        var own = new PostgresHarness(Harness.ConnectionString + ";Options=-c application_name=mine -c work_mem=7MB");
        await using var store = own.NewStore();
        await using var other = await ConnectAsync();
        var silo = await TestSilo.JoinAsync(store);
        await ExecuteAsync(other, Witness);

        await silo.Store.Generations.DeclareAsync(
            silo.Id, [new DefinitionProposal("a", "1", "1"u8.ToArray())], Cancellation);
        await ApplyAsync(store, "work_mem");

        Assert.Equal(
            "definitions 7168,plugin 7MB",
            await ScalarAsync(other, BySource + "'work_mem'"));
    }

    private const string BySource = "select string_agg(distinct source || ' ' || value, ',') from seen where name = ";
    private const string ByName = "select string_agg(distinct name || ' ' || value, ',') from seen where name <> ";

    // A trigger runs in the session that writes, so it sees what is set there when a round commits.
    private const string Witness =
        """
        create table seen(source text, name text, value text);
        create function witness() returns trigger language plpgsql as $$ begin
            insert into seen select tg_table_name, name, setting from pg_settings where name in (
                'synchronous_commit', 'transaction_isolation', 'idle_in_transaction_session_timeout', 'jit',
                'plan_cache_mode', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'client_min_messages',
                'work_mem')
                and (tg_table_name = 'definitions' or name <> 'work_mem');
            return null;
        end $$;
        create trigger witness after insert on messages for each statement execute function witness();
        create trigger witness after insert on definitions for each statement execute function witness();
        """;

    private async Task<TestSilo> JoinWithWitnessAsync(IStore store, NpgsqlConnection other)
    {
        var silo = await TestSilo.JoinAsync(store);
        await ExecuteAsync(other, Witness);
        return silo;
    }

    private async Task ApplyAsync(IStore store, string setting)
    {
        var sql = $"insert into seen values ('plugin', '{setting}', current_setting('{setting}'))";
        var tables = store.PluginTables;
        var message = new MessageId(Guid.CreateVersion7());
        Assert.True(await tables.ApplyAsync(message, "p", 1, [new PluginCommand(sql, [])], Cancellation));
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

    private static async Task<string?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation) as string;
    }
}
