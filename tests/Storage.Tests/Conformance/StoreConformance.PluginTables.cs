using Tributary.Plugins;
using Tributary.Storage.PluginTables;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private const string Script =
        "create table plugin_numbers(id bigint primary key, name text, share float, bytes {0}); create table "
        + "plugin_seen(id bigint);";

    /// <summary>The dialect's type for bytes.</summary>
    protected virtual string BytesType => "blob";

    private static PluginCommand Sql(string sql, params object?[] parameters) => new(sql, parameters);

    private static MessageId NewId() => new(Guid.CreateVersion7());

    private async Task<IPluginTables> PluginTablesAsync()
    {
        var tables = (await JoinAsync()).Store.PluginTables;
        await tables.InitialiseAsync(
            "numbers", Script.Replace("{0}", BytesType, StringComparison.Ordinal), Cancellation);
        return tables;
    }

    /// <summary>
    /// Asks through the door that there is: the second command fails if the first has inserted its row, and otherwise
    /// the third does.
    /// </summary>
    private static async Task<bool> HoldsAsync(IPluginTables tables, string condition)
    {
        const string Insert = "insert into plugin_numbers(id) select -1";
        var error = await Assert.ThrowsAsync<PluginException>(async () =>
            await tables.ApplyAsync(
                NewId(),
                "asks",
                1,
                [Sql($"{Insert} where {condition}"), Sql(Insert), Sql("insert into nowhere(id) values (1)")],
                Cancellation));
        Assert.DoesNotContain("Command 1", error.Message, StringComparison.Ordinal);
        return error.Message.Contains("Command 2", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_of_a_plugin_run_once_per_message_plugin_and_generation()
    {
        var tables = await PluginTablesAsync();
        await tables.ApplyAsync(
            NewId(), "numbers", 1, [Sql("insert into plugin_numbers(id, share) values (1, 0)")], Cancellation);
        var (message, add) = (NewId(), Sql("update plugin_numbers set share = share + 1"));

        Assert.True(await tables.ApplyAsync(message, "numbers", 1, [add, add], Cancellation));
        Assert.False(await tables.ApplyAsync(message, "numbers", 1, [add, add], Cancellation));
        Assert.True(await HoldsAsync(tables, "(select share from plugin_numbers where id = 1) = 2"));
        Assert.True(await tables.ApplyAsync(message, "numbers", 2, [add], Cancellation));
        Assert.True(await tables.ApplyAsync(message, "others", 1, [add], Cancellation));
        Assert.True(await tables.ApplyAsync(NewId(), "numbers", 1, [], Cancellation));
        Assert.True(await HoldsAsync(tables, "(select share from plugin_numbers where id = 1) = 4"));
        Assert.False(await HoldsAsync(tables, "(select share from plugin_numbers where id = 1) = 5"));
    }

    [Fact]
    public async Task Commands_take_parameters_of_all_types_in_any_order()
    {
        var tables = await PluginTablesAsync();
        var insert = Sql(
            "insert into plugin_numbers(bytes, share, name, id) values ($4, $3, $2, $1)",
            7L,
            "ä😀'; --",
            1.5,
            new byte[] { 1, 0, 255 });
        var nothing = Sql(
            "insert into plugin_numbers(id, name, share, bytes) values ($1, $2, $3, $4)", 8L, null, null, null);
        var twice = Sql("insert into plugin_seen(id) select id from plugin_numbers where id = $1 or id = $1 + 1", 7L);

        Assert.True(
            await tables.ApplyAsync(
                NewId(),
                "numbers",
                1,
                [insert, nothing, twice, Sql("insert into plugin_seen(id) select 9 where $1", true)],
                Cancellation));

        Assert.True(await HoldsAsync(tables,
            "(select count(*) from plugin_numbers where id = 7 and name = 'ä😀''; --' "
            + "and share = 1.5 and length(bytes) "
            + "= 3) = 1"));
        Assert.True(await HoldsAsync(tables,
            "(select count(*) from plugin_numbers where id = 8 and name is null and share is null and bytes is null) = "
            + "1"));
        Assert.True(await HoldsAsync(tables, "(select count(*) from plugin_seen) = 3"));
    }

    [Fact]
    public async Task A_script_runs_once_per_text_of_it()
    {
        var tables = await PluginTablesAsync();
        var other = (await ReopenAsync()).Store.PluginTables;

        await other.InitialiseAsync(
            "numbers", Script.Replace("{0}", BytesType, StringComparison.Ordinal), Cancellation);
        await other.InitialiseAsync(
            "numbers", "create table plugin_more(id bigint); insert into plugin_more(id) values (1);", Cancellation);
        await other.InitialiseAsync(
            "numbers", "create table plugin_more(id bigint); insert into plugin_more(id) values (1);", Cancellation);

        Assert.True(await HoldsAsync(other, "(select count(*) from plugin_more) = 1"));
        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await other.InitialiseAsync(
                "numbers", "create table plugin_half(id bigint); create tabel nonsense(id bigint);", Cancellation));
        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.Contains("tabel", error.Message, StringComparison.Ordinal);
        await other.InitialiseAsync("numbers", "create table plugin_half(id bigint);", Cancellation);
        Assert.NotNull(tables);
    }

    [Fact]
    public async Task A_command_that_fails_leaves_nothing_and_says_which_it_was()
    {
        var tables = await PluginTablesAsync();
        var good = Sql("insert into plugin_seen(id) values (1)");
        PluginCommand[] bad =
        [
            Sql("insert into nowhere(id) values (1)"),
            Sql("no sql"),
            Sql("insert into plugin_seen(id) values ($3)", 1L),
            Sql("insert into plugin_seen(id) values (1); insert into plugin_seen(id) values (2)"),
            Sql("commit"),
            Sql(" -- a comment\n /* and another */ RollBack"),
            Sql("insert into plugin_numbers(id, name) values (1, $1)", "nul \0"),
            Sql("insert into plugin_numbers(id, name) values (1, $1)", "half \ud800"),
            Sql("insert into plugin_numbers(id, name) values (1, $1)", DateTime.UnixEpoch),
            Sql("insert into plugin_seen(id) values (2) \0"),
            Sql("insert into plugin_numbers(id, name) values (1, \"a name and no text\")"),
        ];

        foreach (var command in bad)
        {
            var error = await Assert.ThrowsAsync<PluginException>(async () =>
                await tables.ApplyAsync(NewId(), "numbers", 1, [good, command], Cancellation));
            Assert.False(error.MayHelpToRetry, error.Message);
            Assert.Contains("ommand 2", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<PluginException>(async () =>
            await tables.ApplyAsync(
                NewId(), "numbers", 1, [.. Enumerable.Repeat(good, PluginResult.MaxCommandsCount + 1)], Cancellation));
        Assert.True(await HoldsAsync(tables, "(select count(*) from plugin_seen) = 0"));
        var message = NewId();
        await Assert.ThrowsAsync<PluginException>(async () =>
            await tables.ApplyAsync(message, "numbers", 1, [bad[0]], Cancellation));
        Assert.True(await tables.ApplyAsync(message, "numbers", 1, [good], Cancellation));
    }

    /// <summary>A new process over the same database.</summary>
    private async Task<TestSilo> ReopenAsync()
    {
        foreach (var store in stores)
            await Harness.CrashAsync(store);
        return await JoinAsync();
    }
}
