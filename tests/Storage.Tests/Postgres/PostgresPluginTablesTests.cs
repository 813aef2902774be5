using Tributary.Plugins;
using Tributary.Storage.Postgres;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>What tables of plugins on PostgreSQL do beyond what they do on every store.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresPluginTablesTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_that_take_too_long_are_undone_and_may_be_tried_again()
    {
        await using var store = await OpenAsync(TimeSpan.FromSeconds(5));
        var message = new MessageId(Guid.CreateVersion7());

        var error = await Assert.ThrowsAsync<PluginException>(async () => await store.PluginTables.ApplyAsync(
            message, "plugin", 1, [new PluginCommand("select pg_sleep(600)", [])], Cancellation));

        Assert.True(error.MayHelpToRetry);
        Assert.Contains(nameof(PostgresOptions.PluginTransactionTimeout), error.Message, StringComparison.Ordinal);
        Assert.True(await store.PluginTables.ApplyAsync(message, "plugin", 1, [], Cancellation));
    }

    [Fact]
    public async Task Texts_are_read_as_what_the_statement_needs()
    {
        await using var store = await OpenAsync(TimeSpan.FromMinutes(2));
        await store.PluginTables.InitialiseAsync(
            "plugin", "create table times(at timestamptz, document jsonb)", Cancellation);

        Assert.True(
            await store.PluginTables.ApplyAsync(
                new MessageId(Guid.CreateVersion7()),
                "plugin",
                1,
                [
                    new PluginCommand(
                        "insert into times(at, document) values ($1, $2)", ["2026-03-01T12:00:00Z", """{"a":1}"""]),
                ],
                Cancellation));
    }

    private async Task<PostgresStore> OpenAsync(TimeSpan timeout)
    {
        var store = new PostgresStore(
            new PostgresOptions
            {
                ConnectionString = await (await shared.GetAsync()).CreateDatabaseAsync(),
                PluginTransactionTimeout = timeout,
            },
            TimeProvider.System);
        await store.OpenAsync(Cancellation);
        return store;
    }
}
