using Tributary.Plugins;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Sqlite;

/// <summary>What the file of plugins' tables does beyond what every store does.</summary>
public sealed class SqlitePluginTablesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_that_never_end_are_undone_and_hold_up_no_round()
    {
        await using var harness = new SqliteHarness();
        await using var store = new SqliteStore(
            new SqliteOptions { DataDirectory = harness.DataDirectory,
                PluginTransactionTimeout = TimeSpan.FromSeconds(5) }, TimeProvider.System);
        var silo = await TestSilo.JoinAsync(store);
        await store.PluginTables.InitialiseAsync("plugin", "create table numbers(n)", Cancellation);
        var message = new MessageId(Guid.CreateVersion7());
        var endless = new PluginCommand(
            "insert into numbers with recursive r(n) as (select 1 union all select n + 1 from r) select n from r where "
            + "n < 0", []);

        var apply = store.PluginTables.ApplyAsync(message, "plugin", 1, [endless], Cancellation).AsTask();
        await silo.CommitAsync(TestSilo.Message());
        var error = await Assert.ThrowsAsync<PluginException>(() => apply);

        Assert.True(error.MayHelpToRetry);
        Assert.Contains(nameof(SqliteOptions.PluginTransactionTimeout), error.Message, StringComparison.Ordinal);
        Assert.True(
            await store.PluginTables.ApplyAsync(
                message, "plugin", 1, [new PluginCommand("insert into numbers(n) values (1)", [])], Cancellation));
    }
}
