using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.GrainStates;

/// <inheritdoc cref="IGrainStates"/>
internal sealed class PostgresGrainStates(PostgresReaders connections) : IGrainStates
{
    private const string Select =
        "select s.grain, s.name, s.version from unnest($1::text[], $2::text[]) as k(grain, name) "
        + "join grain_states s on s.grain = k.grain and s.name = k.name ";

    public ValueTask<IReadOnlyList<StoredGrainState?>> ReadAsync(
        IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation) =>
        connections.RunAsync<IReadOnlyList<StoredGrainState?>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select k.place, s.version, s.format, s.state
                    from unnest($1::text[], $2::text[]) with ordinality as k(grain, name, place)
                    join grain_states s on s.grain = k.grain and s.name = k.name
                    """,
                    connection);
                command.Parameters.AddRange(Keys(keys));
                var states = new StoredGrainState?[keys.Count];
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation))
                {
                    states[reader.GetInt64(0) - 1] = new StoredGrainState(
                        reader.GetGuid(1), (GrainStateFormat)reader.GetInt16(2), reader.GetFieldValue<byte[]>(3));
                }

                return states;
            },
            cancellation);

    public ValueTask<IReadOnlyList<GrainStateOutcome>> WriteAsync(
        IReadOnlyList<GrainStateWrite> writes, bool isRepeat, CancellationToken cancellation)
    {
        var sorted = GrainStateWrites.Sort(writes);
        return connections.RunAsync(
            async connection =>
            {
                // The work runs again after a fault of its connection.
                var again = isRepeat;
                isRepeat = true;
                var matched = await WriteAsync(connection, sorted, cancellation);
                var stored = matched.Count == writes.Count
                    ? []
                    : await ReadVersionsAsync(
                        connection, [.. sorted.Select(static one => one.Key).Where(key => !matched.Contains(key))],
                        cancellation);
                return GrainStateWrites.Outcomes(writes, matched, stored, again);
            },
            cancellation);
    }

    private static async Task<HashSet<GrainStateKey>> WriteAsync(
        NpgsqlConnection connection, List<GrainStateWrite> sorted, CancellationToken cancellation)
    {
        List<GrainStateWrite> stored = [.. sorted.Where(static one => one.Expected is not null)];
        List<GrainStateWrite> changed = [.. stored.Where(static one => one.State is not null)];
        List<GrainStateWrite> removed = [.. stored.Where(static one => one.State is null)];
        List<GrainStateWrite> made = [.. sorted.Where(static one => one is { Expected: null, State: not null })];
        // Without a begin the batch is one transaction.
        await using var batch = new NpgsqlBatch(connection);
        if (stored.Count > 1)
        {
            // Rows that are there are locked in one order, and before new ones are made: no two silos wait for each
            // other.
            batch.BatchCommands.Add(RoundChanges.Command(
                Select + "order by s.grain, s.name for update of s",
                Keys([.. stored.Select(static one => one.Key)])));
        }

        if (changed.Count > 0)
        {
            batch.BatchCommands.Add(RoundChanges.Command(
                """
                update grain_states s set version = w.version, format = w.format, state = w.state
                from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::smallint[], $6::bytea[])
                    as w(grain, name, expected, version, format, state)
                where s.grain = w.grain and s.name = w.name and s.version = w.expected
                returning s.grain, s.name, s.version
                """,
                [
                    .. Keys([.. changed.Select(static one => one.Key)]),
                    new UuidColumn("expected", i => changed[i].Expected!.Value).ToArray(changed.Count),
                    .. States(changed),
                ]));
        }

        if (removed.Count > 0)
        {
            batch.BatchCommands.Add(RoundChanges.Command(
                """
                delete from grain_states s
                using unnest($1::text[], $2::text[], $3::uuid[]) as w(grain, name, expected)
                where s.grain = w.grain and s.name = w.name and s.version = w.expected
                returning s.grain, s.name, s.version
                """,
                [
                    .. Keys([.. removed.Select(static one => one.Key)]),
                    new UuidColumn("expected", i => removed[i].Expected!.Value).ToArray(removed.Count),
                ]));
        }

        if (made.Count > 0)
        {
            batch.BatchCommands.Add(RoundChanges.Command(
                """
                insert into grain_states(grain, name, version, format, state)
                select * from unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::bytea[])
                on conflict do nothing
                returning grain, name, version
                """,
                [.. Keys([.. made.Select(static one => one.Key)]), .. States(made)]));
        }

        var matched = new HashSet<GrainStateKey>(sorted.Count);
        if (batch.BatchCommands.Count == 0)
            return matched;
        var isLock = stored.Count > 1;
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        do
        {
            while (!isLock && await reader.ReadAsync(cancellation))
                matched.Add(new GrainStateKey(reader.GetString(0), reader.GetString(1)));
            isLock = false;
        }
        while (await reader.NextResultAsync(cancellation));

        return matched;
    }

    private static async Task<Dictionary<GrainStateKey, Guid>> ReadVersionsAsync(
        NpgsqlConnection connection, IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select, connection);
        command.Parameters.AddRange(Keys(keys));
        var rows = await PostgresRows.ReadAllAsync(
            command,
            static row => (Key: new GrainStateKey(row.GetString(0), row.GetString(1)), Version: row.GetGuid(2)),
            cancellation);
        return rows.ToDictionary(static row => row.Key, static row => row.Version);
    }

    private static NpgsqlParameter[] Keys(IReadOnlyList<GrainStateKey> keys) =>
    [
        new TextColumn("grain", i => keys[i].Grain).ToArray(keys.Count),
        new TextColumn("name", i => keys[i].Name).ToArray(keys.Count),
    ];

    private static NpgsqlParameter[] States(List<GrainStateWrite> writes) =>
    [
        new UuidColumn("version", i => writes[i].Version).ToArray(writes.Count),
        new NpgsqlParameter<short[]>
        {
            TypedValue = [.. writes.Select(static write => (short)write.Format)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint,
        },
        new BytesColumn("state", i => writes[i].State).ToArray(writes.Count),
    ];
}
