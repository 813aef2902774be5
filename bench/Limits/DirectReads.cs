using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Tributary.Bench.Limits;

/// <summary>
/// The limit of reading a page of messages and their items: the statements of the resolvers, prepared, through Npgsql,
/// without HTTP, with every column read as a value of its type.
/// </summary>
internal sealed class DirectReads(string connectionString, int callersCount) : IAsyncDisposable
{
    /// <summary>One row more than the page, as the resolver reads.</summary>
    public const int RowCount = 21;

    private const string Page =
        """
        select m.position, m.id, m.source, m.item, m.item_sequence, m.received_at, m.media_type, m.body, m.generations
        from messages m where position > $1 and position < least($2, horizon()) order by m.position asc limit $3
        """;

    private readonly NpgsqlDataSource source = new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = callersCount,
            Enlist = false,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        }.ConnectionString
    ).Build();

    /// <summary>Pages per second over <paramref name="duration"/>, from all callers together.</summary>
    public async Task<double> MeasureAsync(TimeSpan duration, Latencies latencies)
    {
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callersCount).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sentAt = Stopwatch.GetTimestamp();
                await ReadAsync();
                latencies.Add(sentAt);
                count++;
            }

            Interlocked.Add(ref done, count);
        })));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task ReadAsync()
    {
        await using var connection = await source.OpenConnectionAsync();
        var items = new List<string>(RowCount);
        await using (var page = new NpgsqlCommand(Page, connection))
        {
            page.Parameters.Add(new NpgsqlParameter<long> { TypedValue = -1, NpgsqlDbType = NpgsqlDbType.Bigint });
            page.Parameters.Add(
                new NpgsqlParameter<long> { TypedValue = long.MaxValue, NpgsqlDbType = NpgsqlDbType.Bigint });
            page.Parameters.Add(
                new NpgsqlParameter<long> { TypedValue = RowCount, NpgsqlDbType = NpgsqlDbType.Bigint });
            await using var row = await page.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                _ = (
                    row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetInt64(4), row.GetInt64(5),
                    row.GetString(6));
                _ = (row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(8));
                items.Add(row.GetString(3));
            }
        }

        if (items.Count != RowCount)
            throw new InvalidOperationException($"Found {items.Count} messages; expected: {RowCount}.");
        items.RemoveAt(RowCount - 1);
        await using var states = new NpgsqlCommand(
            "select id, version, state from items where id = any($1)", connection);
        states.Parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue = [.. items],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            });
        await using var found = await states.ExecuteReaderAsync();
        var foundCount = 0;
        for (; await found.ReadAsync(); foundCount++)
            _ = (found.GetString(0), found.GetInt32(1), found.GetFieldValue<byte[]>(2));
        if (foundCount != items.Count)
            throw new InvalidOperationException($"Found {foundCount} items; expected: {items.Count}.");
    }
}
