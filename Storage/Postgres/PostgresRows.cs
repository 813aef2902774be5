using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres;

/// <summary>What the reads of all tables share.</summary>
internal static class PostgresRows
{
    public static async Task<List<T>> LookUpAsync<T>(
        this PostgresReaders readers, IReadOnlyList<Position> positions, string sql, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation)
    {
        var rows = new List<T>();
        foreach (var chunk in positions.Distinct().Select(position => position.Value).Chunk(QueryLimits.LookupCount))
        {
            rows.AddRange(await readers.RunAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand(sql, connection);
                    command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = chunk });
                    return await ReadAllAsync(command, read, cancellation);
                },
                cancellation));
        }

        return rows;
    }

    public static ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        this PostgresReaders readers,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation,
        params NpgsqlParameter[] parameters
    ) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                // A parameter belongs to one command, and after a fault the work runs again with another command.
                foreach (var parameter in parameters)
                    command.Parameters.Add(parameter.Clone());
                return await ReadAllAsync(command, read, cancellation);
            },
            cancellation);

    public static ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        this PostgresReaders readers,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation,
        params long[] parameters
    ) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = Command(connection, sql, parameters);
                return await ReadAllAsync(command, read, cancellation);
            },
            cancellation);

    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params long[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(
                new NpgsqlParameter<long> { TypedValue = parameter, NpgsqlDbType = NpgsqlDbType.Bigint });
        return command;
    }

    public static NpgsqlParameter Text(string text) => new NpgsqlParameter<string> { TypedValue = text };
}
