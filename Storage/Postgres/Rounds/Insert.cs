using Npgsql;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>New rows of one table, ready to go by COPY or by one statement of a batch.</summary>
internal sealed class Insert(string table, int count, params Column[] columns)
{
    private const int ChunkBytes = 256 * 1024;

    private static readonly Dictionary<string, string> Statements = [];

    public string Table => table;

    public int Count { get; } = count;

    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(Statement());
        foreach (var column in columns)
            command.Parameters.Add(column.ToArray(Count));
        return command;
    }

    public async Task CopyAsync(NpgsqlConnection connection, CopyBuffer buffer, CancellationToken cancellation)
    {
        var names = string.Join(", ", columns.Select(column => column.Name));
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"copy {table}({names}) from stdin (format binary)", cancellation);
        try
        {
            buffer.Clear();
            buffer.Header();
            for (var row = 0; row < Count; row++)
            {
                buffer.Row(columns.Length);
                foreach (var column in columns)
                    column.Write(buffer, row);
                if (buffer.Length < ChunkBytes)
                    continue;

                await stream.WriteAsync(buffer.Written, cancellation);
                buffer.Clear();
            }

            buffer.Trailer();
            await stream.WriteAsync(buffer.Written, cancellation);
        }
        catch
        {
            // Without this, ending the stream would tell the server that the rows are complete.
            await stream.CancelAsync();
            throw;
        }
    }

    private string Statement()
    {
        lock (Statements)
        {
            if (!Statements.TryGetValue(table, out var sql))
            {
                var names = string.Join(", ", columns.Select(column => column.Name));
                var values = string.Join(", ", columns.Select(column => column.Expression));
                var arrays = string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.SqlType}[]"));
                sql = $"insert into {table}({names}) select {values} from unnest({arrays}) as t({names})";
                Statements.Add(table, sql);
            }

            return sql;
        }
    }
}
