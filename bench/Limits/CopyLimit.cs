using System.Diagnostics;
using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Postgres.Messages;

namespace Tributary.Bench.Limits;

/// <summary>
/// The limit of PostgreSQL: one connection's binary COPY of message rows into a table like <c>messages</c> with its
/// indexes, in transactions of 2,000 rows, with fsync on.
/// </summary>
public sealed class CopyLimit(string connectionString)
{
    private const int BatchRowCount = 2_000;
    private const string Table = "copy_limit";

    /// <summary>
    /// Rows per second over <paramref name="duration"/>. Sends the sample over and over with new ids and items.
    /// </summary>
    public async Task<double> MeasureAsync(
        TimeSpan duration, IReadOnlyList<AppendedMessage> sample, CancellationToken cancellation = default)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false,
                WriteBufferSize = 64 * 1024,
            }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await ExecuteAsync(
            connection,
            $"set synchronous_commit = on; drop table if exists {Table}; create table {Table}(like messages including "
            + "all)", cancellation);

        var copy = new MessageCopy(Table);
        var batches = new SampleBatches(sample, BatchRowCount);
        var watch = Stopwatch.StartNew();
        var rows = 0L;
        while (watch.Elapsed < duration)
        {
            var batch = batches.Next();
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await copy.WriteAsync(connection, batch, transaction: 1 + (rows / BatchRowCount), cancellation);
            await transaction.CommitAsync(cancellation);
            rows += batch.Count;
        }

        var perSecond = rows / watch.Elapsed.TotalSeconds;
        await ExecuteAsync(connection, $"drop table {Table}", cancellation);
        return perSecond;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
