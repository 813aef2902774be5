using System.Globalization;
using Tributary.Plugins;
using Tributary.Storage.Sqlite;

namespace Tributary.Storage.Tests.Sqlite;

/// <summary>What is set on open connections: what is missing shows in nothing else before a power cut.</summary>
public sealed class SqliteSettingsTests : IAsyncLifetime
{
    private readonly SqliteHarness harness = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteOptions Options =>
        new() { DataDirectory = harness.DataDirectory, CheckpointPageCount = 77, WriterCacheKiB = 1024 };

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    [Fact]
    public async Task The_connection_that_commits_waits_for_the_disk()
    {
        using var writer = new SqliteWriter(Options, TimeProvider.System);

        // 2 is FULL: with NORMAL, 1, a power cut takes back commits that were acknowledged.
        Assert.Equal("2", await writer.WriteAsync(connection => Read(connection, "synchronous"), Cancellation));
        Assert.Equal("wal", await writer.WriteAsync(connection => Read(connection, "journal_mode"), Cancellation));
        Assert.Equal("5000", await writer.WriteAsync(connection => Read(connection, "busy_timeout"), Cancellation));
        Assert.Equal("77", await writer.WriteAsync(connection => Read(connection, "wal_autocheckpoint"), Cancellation));
        Assert.Equal("-1024", await writer.WriteAsync(connection => Read(connection, "cache_size"), Cancellation));
    }

    [Fact]
    public async Task Connections_for_reads_cannot_write_and_wait_for_whoever_does()
    {
        using var writer = new SqliteWriter(Options, TimeProvider.System);
        writer.Open();
        using var readers = new SqliteReaders(Options, 1);

        Assert.Equal("5000", await readers.ReadAsync(connection => Read(connection, "busy_timeout"), Cancellation));
        await Assert.ThrowsAsync<StoreException>(async () => await readers.ReadAsync(
            connection =>
            {
                connection.Execute("delete from messages");
                return true;
            },
            Cancellation));
    }

    [Fact]
    public async Task The_tables_of_plugins_are_written_as_carefully()
    {
        await using var store = harness.NewStore();
        await store.OpenAsync(Cancellation);
        var tables = store.PluginTables;
        await tables.InitialiseAsync("p", "create table seen(name text, value text)", Cancellation);
        await tables.ApplyAsync(
            new MessageId(Guid.CreateVersion7()), "p", 1,
            [
                new PluginCommand("insert into seen select 'synchronous', synchronous from pragma_synchronous", []),
                new PluginCommand("insert into seen select 'journal_mode', journal_mode from pragma_journal_mode", []),
            ],
            Cancellation);
        await store.DisposeAsync();

        using var connection = new SqliteConnection(Options.PluginsPath, readOnly: true);
        var select = connection.Prepare(
            "select group_concat(name || ' ' || value) from (select * from seen order by name)");
        Assert.True(select.Step());
        Assert.Equal("journal_mode wal,synchronous 2", select.Text(0));
    }

    private static string Read(SqliteConnection connection, string pragma)
    {
        var select = connection.Prepare("pragma " + pragma);
        Assert.True(select.Step(), pragma);
        var value = pragma == "journal_mode" ? select.Text(0) : select.Int64(0).ToString(CultureInfo.InvariantCulture);
        select.Reset();
        return value;
    }
}
