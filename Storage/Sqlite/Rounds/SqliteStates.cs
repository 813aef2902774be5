using Tributary.Aggregates;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Writes and loads the states of grains, each in the table of its type.</summary>
internal static class SqliteStates
{
    private static readonly string[] Inserts =
    [
        "insert into items(partition, version, state, id) values (?, ?, ?, ?)",
        "insert into aggregates(partition, version, state, generation, window_start_ms, \"group\") values (?, ?, ?, ?, "
        + "?, ?)",
        "insert into grains(partition, version, state, type, key) values (?, ?, ?, ?, ?)",
    ];

    private static readonly string[] Updates =
    [
        "update items set version = ?, state = ? where id = ?",
        "update aggregates set version = ?, state = ? where generation = ? and window_start_ms = ? and \"group\" = ?",
        "update grains set version = ?, state = ? where type = ? and key = ?",
    ];

    private static readonly string[] Selects =
    [
        "select version, state from items where id = ?",
        "select version, state from aggregates where generation = ? and window_start_ms = ? and \"group\" = ?",
        "select version, state from grains where type = ? and key = ?",
    ];

    public static void Write(SqliteConnection connection, List<StateRow> states)
    {
        foreach (var row in states)
        {
            if (row.IsNew)
            {
                var insert = connection
                    .Prepare(Inserts[(int)row.Table])
                    .Bind(row.Partition.Value)
                    .Bind(row.Version)
                    .Bind(row.State);
                BindKey(insert, row.Table, row.Grain).Run();
                continue;
            }

            var update = connection.Prepare(Updates[(int)row.Table]).Bind(row.Version).Bind(row.State);
            if (BindKey(update, row.Table, row.Grain).Run() != 1)
                throw new RefusedRoundException($"The round changes the state of {row.Grain}, which has none.");
        }
    }

    public static LoadedState? Load(SqliteConnection connection, StateTable table, RoundGrainId grain)
    {
        var select = BindKey(connection.Prepare(Selects[(int)table]), table, grain);
        if (!select.Step())
            return null;

        var loaded = new LoadedState(select.Int32(0), select.Bytes(1));
        select.Reset();
        return loaded;
    }

    private static SqliteStatement BindKey(SqliteStatement statement, StateTable table, RoundGrainId grain)
    {
        switch (table)
        {
            case StateTable.Items:
                return statement.Bind(grain.Key);
            case StateTable.Aggregates:
                var key = AggregateKey.Parse(grain.Key);
                return statement.Bind(key.Generation).Bind(key.WindowStartMs).Bind(key.Group);
            default:
                return statement.Bind(grain.Type).Bind(grain.Key);
        }
    }
}
