using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tributary.Plugins;
using Tributary.Storage.PluginTables;

namespace Tributary.Storage.Postgres.PluginTables;

/// <summary>
/// Tables of plugins in the platform's database, on connections of their own. An open transaction of a plugin holds the
/// horizon like any other, so that the whole transaction has a time limit.
/// </summary>
internal sealed class PostgresPluginTables(PostgresOptions options) : IPluginTables, IAsyncDisposable
{
    private readonly NpgsqlDataSource source = new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = options.PluginConnectionCount,
            Enlist = false,
            ApplicationName = "tributary plugins",
            TcpKeepAlive = true,
            // The server keeps the limits below; this one is for a server that does not answer.
            CommandTimeout = 0,
            // Names the failed command of a batch.
            IncludeFailedBatchedCommand = true,
            // A plugin may change session settings that the next plugin must not find: the reset at the return of a
            // connection stays on.
            NoResetOnClose = false,
            Options = PoolSettings.Added(
                options.ConnectionString, PoolSettings.Durable + " -c client_min_messages=error -c jit=off"),
        }.ConnectionString
    ).Build();

    public async ValueTask InitialiseAsync(string plugin, string script, CancellationToken cancellation)
    {
        PluginScript.Check(plugin, script);
        var timeout = options.PluginScriptTimeout;
        await RunAsync(
            timeout, e => PluginScript.TookTooLong(plugin, timeout, nameof(PostgresOptions.PluginScriptTimeout), e),
            async (connection, token) =>
            {
                await ExecuteAsync(
                    connection, $"select pg_advisory_xact_lock({PostgresSession.PluginScriptLock})", token);
                await using var insert = new NpgsqlCommand(
                    "insert into plugin_scripts(plugin, hash) values ($1, $2) on conflict do nothing", connection);
                insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = plugin });
                insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PluginScript.HashOf(script) });
                if (await insert.ExecuteNonQueryAsync(token) == 0)
                    return false;

                try
                {
                    await ExecuteAsync(connection, script, token);
                    return true;
                }
                catch (PostgresException e) when (PostgresErrors.IsRefusal(e) || PostgresErrors.IsMistake(e))
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
        var timeout = options.PluginTransactionTimeout;
        return RunAsync(
            timeout, e => PluginCommands.TookTooLong(timeout, nameof(PostgresOptions.PluginTransactionTimeout), e),
            (connection, token) => ApplyAsync(connection, message, plugin, generation, commands, token), cancellation);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static async Task<bool> ApplyAsync(
        NpgsqlConnection connection,
        MessageId message,
        string plugin,
        int generation,
        IReadOnlyList<PluginCommand> commands,
        CancellationToken cancellation)
    {
        await using (
            var insert = new NpgsqlCommand(
                "insert into plugin_runs(message_id, plugin, generation) values ($1, $2, $3) on conflict do nothing",
                connection))
        {
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message.Value });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = plugin });
            insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = generation });
            if (await insert.ExecuteNonQueryAsync(cancellation) == 0)
                return false;
        }

        if (commands.Count == 0)
            return true;

        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(ToCommand(command));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (PostgresException e) when (PostgresErrors.IsRefusal(e) || PostgresErrors.IsMistake(e))
        {
            throw PluginCommands.Failed(
                batch.BatchCommands.IndexOf((NpgsqlBatchCommand)e.BatchCommand!) + 1,
                e.MessageText,
                mayHelpToRetry: false,
                e);
        }
    }

    private static NpgsqlBatchCommand ToCommand(PluginCommand command)
    {
        var batched = new NpgsqlBatchCommand(command.Sql);
        foreach (var value in command.Parameters)
        {
            // Texts go without a type, like literals: the server reads them as the type that the statement needs, such
            // as a date or JSON.
            batched.Parameters.Add(value is null or string
                ? new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown }
                : new NpgsqlParameter { Value = value });
        }

        return batched;
    }

    /// <summary>Runs work in one transaction with a time limit, at which the server rolls it back.</summary>
    private async ValueTask<bool> RunAsync(
        TimeSpan timeout,
        Func<Exception, TributaryException> late,
        Func<NpgsqlConnection, CancellationToken, Task<bool>> work,
        CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            limit.CancelAfter(timeout);
            await ExecuteAsync(
                connection,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"begin; set local idle_in_transaction_session_timeout = {(long)timeout.TotalMilliseconds}"),
                limit.Token);
            try
            {
                var result = await work(connection, limit.Token);
                // Not cancelled half-way: a commit that has begun ends.
                await ExecuteAsync(connection, "commit", CancellationToken.None);
                return result;
            }
            catch
            {
                await UndoAsync(connection);
                throw;
            }
        }
        catch (Exception e) when (e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw late(e);
        }
        catch (Exception e) when (PostgresErrors.IsDatabaseFault(e) && !cancellation.IsCancellationRequested)
        {
            throw PostgresErrors.ToStoreException(e);
        }
    }

    private static async Task UndoAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "rollback", CancellationToken.None);
        }
        catch (Exception e) when (PostgresErrors.IsDatabaseFault(e) || e is InvalidOperationException)
        {
            // Ending the session rolls the transaction back too.
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
