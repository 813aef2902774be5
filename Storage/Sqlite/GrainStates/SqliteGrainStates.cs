using Tributary.Storage.GrainStates;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.GrainStates;

/// <inheritdoc cref="IGrainStates"/>
internal sealed class SqliteGrainStates(SqliteWriter writer, SqliteReaders readers) : IGrainStates
{
    public ValueTask<IReadOnlyList<StoredGrainState?>> ReadAsync(
        IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<StoredGrainState?>>(
            connection =>
            {
                var states = new StoredGrainState?[keys.Count];
                for (var i = 0; i < states.Length; i++)
                {
                    var select = connection
                        .Prepare("select version, format, state from grain_states where grain = ? and name = ?")
                        .Bind(keys[i].Grain).Bind(keys[i].Name);
                    if (!select.Step())
                        continue;
                    states[i] = new StoredGrainState(
                        select.Guid(0), (GrainStateFormat)select.Int32(1), select.Bytes(2));
                    select.Reset();
                }

                return states;
            },
            cancellation);

    public ValueTask<IReadOnlyList<GrainStateOutcome>> WriteAsync(
        IReadOnlyList<GrainStateWrite> writes, bool isRepeat, CancellationToken cancellation)
    {
        var sorted = GrainStateWrites.Sort(writes);
        return writer.WriteAsync(
            connection =>
            {
                var matched = new HashSet<GrainStateKey>(sorted.Count);
                var stored = new Dictionary<GrainStateKey, Guid>();
                foreach (var write in sorted)
                {
                    if (HasMatched(connection, write))
                        matched.Add(write.Key);
                    else if (FindVersion(connection, write.Key) is { } version)
                        stored[write.Key] = version;
                }

                return GrainStateWrites.Outcomes(writes, matched, stored, isRepeat);
            },
            cancellation);
    }

    private static bool HasMatched(SqliteConnection connection, GrainStateWrite write)
    {
        if (write.State is not { } state)
        {
            return write.Expected is { } removed && connection
                .Prepare("delete from grain_states where grain = ? and name = ? and version = ?")
                .Bind(write.Key.Grain).Bind(write.Key.Name).Bind(removed).Run() == 1;
        }

        return write.Expected is { } expected
            ? connection
                .Prepare(
                    "update grain_states set version = ?, format = ?, state = ? "
                    + "where grain = ? and name = ? and version = ?")
                .Bind(write.Version).Bind((long)write.Format).Bind(state)
                .Bind(write.Key.Grain).Bind(write.Key.Name).Bind(expected).Run() == 1
            : connection
                .Prepare(
                    "insert into grain_states(grain, name, version, format, state) values (?, ?, ?, ?, ?) "
                    + "on conflict do nothing")
                .Bind(write.Key.Grain).Bind(write.Key.Name).Bind(write.Version).Bind((long)write.Format).Bind(state)
                .Run() == 1;
    }

    private static Guid? FindVersion(SqliteConnection connection, GrainStateKey key)
    {
        var select = connection.Prepare("select version from grain_states where grain = ? and name = ?")
            .Bind(key.Grain).Bind(key.Name);
        if (!select.Step())
            return null;
        var version = select.Guid(0);
        select.Reset();
        return version;
    }
}
