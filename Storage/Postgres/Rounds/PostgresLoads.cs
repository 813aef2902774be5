using System.Globalization;
using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>Loads what turns need, in one round trip.</summary>
internal static class PostgresLoads
{
    public static async Task<LoadResult> LoadAsync(
        NpgsqlConnection connection, LoadRequest request, CancellationToken cancellation)
    {
        var result = new LoadResult();
        await using var batch = new NpgsqlBatch(connection);
        var reads = new List<Action<NpgsqlDataReader>>();
        // A key that no table can hold does not exist, and the server would refuse it.
        foreach (var group in request
                .States.Where(key => StorableText.Fits(key.Grain.Key) && StorableText.Fits(key.Grain.Type))
                .GroupBy(key => key.Table))
        {
            var grains = group.Select(key => key.Grain).ToList();
            batch.BatchCommands.Add(SelectStates(group.Key, grains));
            reads.Add(row =>
                result.States[grains[(int)row.GetInt64(0) - 1]] = new LoadedState(
                    row.GetInt32(1), row.GetFieldValue<byte[]>(2)));
        }

        Add("scoped_external_ids", request.ExternalIds, result.ExternalIds);
        Add("external_ids", request.UnscopedExternalIds, result.UnscopedExternalIds);
        if (reads.Count == 0)
            return result;

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var read in reads)
        {
            while (await reader.ReadAsync(cancellation))
                read(reader);
            await reader.NextResultAsync(cancellation);
        }

        return result;

        void Add(
            string table, List<(PartitionId Partition, ExternalKey Key)> keys,
            Dictionary<(PartitionId Partition, ExternalKey Key), KnownMessage> found)
        {
            if (keys.Count == 0)
                return;
            batch.BatchCommands.Add(RoundChanges.Command(
                $"""
                select t.n, e.message_id, e.item, e.body_hash, e.position
                from unnest($1::int[], $2::bytea[]) with ordinality as t(partition, hash, n)
                cross join lateral (select * from {table} e where e.partition = t.partition and e.hash = t.hash) e
                """,
                new IntColumn("partition", i => keys[i].Partition.Value).ToArray(keys.Count),
                new BytesColumn("hash", i => Hash128.ToBytes(keys[i].Key.Hash)).ToArray(keys.Count)));
            reads.Add(row => found[keys[(int)row.GetInt64(0) - 1]] = new KnownMessage(
                new MessageId(row.GetGuid(1)), row.GetString(2), Hash128.Read(row.GetFieldValue<byte[]>(3)),
                    new Position(row.GetInt64(4))));
        }
    }

    // One round trip. The second statement sees what the first one's snapshot shows, and maybe more.
    public static async Task<DeferredPage> ReadDeferredCallsAsync(
        NpgsqlConnection connection, IReadOnlyList<PartitionId>? partitions, long after, int limit,
        CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_current_snapshot()::text"));
        NpgsqlParameter[] parameters = [RoundChanges.Long(after), RoundChanges.Long(limit)];
        batch.BatchCommands.Add(RoundChanges.Command(
            $"""
            select sequence, partition, type, key, method, arguments, origin from deferred_calls
            where sequence > $1 {(partitions is null ? "" : "and partition = any($3)")}
            order by sequence limit $2
            """,
            partitions is null ? parameters : [.. parameters, PostgresPartitions.Ids(partitions)]));
        var calls = new List<DeferredCall>();
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var snapshot = Parse(reader.GetString(0));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            calls.Add(new DeferredCall(
                reader.GetInt64(0), new PartitionId(reader.GetInt32(1)),
                new RoundGrainId(reader.GetString(2), reader.GetString(3)),
                reader.GetString(4), reader.GetFieldValue<byte[]>(5))
            {
                Origin = reader.GetInt64(6),
            });
        }

        return new DeferredPage(calls, snapshot);
    }

    // "xmin:xmax:xip, xip, …": https://www.postgresql.org/docs/current/functions-info.html
    private static Snapshot Parse(string snapshot)
    {
        var parts = snapshot.Split(':');
        return new Snapshot(
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static id => long.Parse(id, CultureInfo.InvariantCulture))]);
    }

    /// <summary>
    /// A lookup by key for each grain, whatever the planner assumes of the table: the lateral limit leaves it no other
    /// plan.
    /// </summary>
    private static NpgsqlBatchCommand SelectStates(StateTable table, List<RoundGrainId> grains)
    {
        var (name, keys) = StateKeys.Of(table, grains.Count, i => grains[i]);
        var names = string.Join(", ", keys.Select(key => key.Name));
        var arrays = string.Join(", ", keys.Select((key, i) => $"${i + 1}::{key.SqlType}[]"));
        var match = string.Join(" and ", keys.Select(key => $"s.{key.Name} = t.{key.Name}"));
        return RoundChanges.Command(
            $"""
            select t.n, s.version, s.state from unnest({arrays}) with ordinality as t({names}, n)
            cross join lateral (select version, state from {name} s where {match} limit 1) s
            """,
            keys.Select(key => key.ToArray(grains.Count)).ToArray());
    }
}
