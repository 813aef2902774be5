using System.Diagnostics;
using Tributary.Messages;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Bench.Limits;

/// <summary>
/// The limit of SQLite: prepared inserts of message rows in transactions of 2,000 rows into a table like
/// <c>messages</c> with its indexes, with synchronous = full.
/// </summary>
public sealed class SqliteInsertLimit(string dataDirectory)
{
    private const int BatchRowCount = 2_000;

    /// <summary>
    /// Rows per second over <paramref name="duration"/>. Inserts the sample over and over with new ids and items.
    /// </summary>
    public Task<double> MeasureAsync(
        TimeSpan duration, IReadOnlyList<AppendedMessage> sample, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using var inserts = new MessageInserts(new SqliteOptions { DataDirectory = dataDirectory });
            var batches = new SampleBatches(sample, BatchRowCount);
            var watch = Stopwatch.StartNew();
            var rows = 0L;
            while (watch.Elapsed < duration)
            {
                cancellation.ThrowIfCancellationRequested();
                var batch = batches.Next();
                inserts.Write(batch, transaction: 1 + (rows / BatchRowCount));
                rows += batch.Count;
            }

            return rows / watch.Elapsed.TotalSeconds;
        },
        cancellation);
}
