using Tributary.Plugins;
using Tributary.Storage.PluginTables;

namespace Tributary.Storage.Sqlite.PluginTables;

/// <summary>
/// Tables of plugins in a file of their own beside the main file: one connection, used by one caller at a time, so that
/// no transaction of a plugin holds up a round.
/// </summary>
internal sealed class SqlitePluginTables : IPluginTables, IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly SqliteOptions options;
    private readonly SqliteConnection connection;
    private bool disposed;

    public SqlitePluginTables(SqliteOptions options)
    {
        this.options = options;
        connection = new SqliteConnection(options.PluginsPath, readOnly: false);
        try
        {
            SqliteWriter.Configure(connection, options);
            connection.Execute($"pragma cache_size = -{options.ReaderCacheKiB}");
            SqlitePluginSession.Create(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async ValueTask InitialiseAsync(string plugin, string script, CancellationToken cancellation)
    {
        PluginScript.Check(plugin, script);
        await RunAsync(
            options.PluginScriptTimeout,
            e =>
                PluginScript.TookTooLong(
                    plugin, options.PluginScriptTimeout, nameof(SqliteOptions.PluginScriptTimeout), e),
            _ =>
            {
                try
                {
                    SqlitePluginSession.Initialise(connection, plugin, script);
                    return true;
                }
                catch (SqliteException e) when (e.IsRefusal || e.IsMistake)
                {
                    throw PluginScript.Failed(plugin, e.Message, e);
                }
            },
            cancellation);
    }

    public ValueTask<bool> ApplyAsync(
        MessageId message,
        string plugin,
        int generation,
        IReadOnlyList<PluginCommand> commands,
        CancellationToken cancellation)
    {
        PluginCommands.Check(commands);
        return RunAsync(
            options.PluginTransactionTimeout,
            e =>
                PluginCommands.TookTooLong(
                    options.PluginTransactionTimeout, nameof(SqliteOptions.PluginTransactionTimeout), e),
            isLate => SqlitePluginSession.Apply(connection, message, plugin, generation, commands, isLate),
            cancellation);
    }

    public void Dispose()
    {
        turn.Wait();
        disposed = true;
        connection.Dispose();
        turn.Release();
    }

    private async ValueTask<bool> RunAsync(
        TimeSpan timeout,
        Func<Exception, TributaryException> late,
        Func<CancellationToken, bool> work,
        CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return await Task.Run(() => Run(timeout, late, work, cancellation), cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>An interrupted statement rolls back its transaction.</summary>
    private bool Run(
        TimeSpan timeout, Func<Exception, TributaryException> late, Func<CancellationToken, bool> work,
        CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        using var interrupt = limit.Token.Register(connection.Interrupt);
        try
        {
            return work(limit.Token);
        }
        catch (Exception e)
            when (limit.IsCancellationRequested
                && e is OperationCanceledException or SqliteException { IsInterrupted: true })
        {
            cancellation.ThrowIfCancellationRequested();
            throw late(e);
        }
        catch (SqliteException e)
        {
            var reported = e.ToStoreException();
            if (e.IsFatal)
                options.OnFatal(reported);
            throw reported;
        }
    }
}
