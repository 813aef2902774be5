using Tributary.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>The key columns of each table of states.</summary>
internal static class StateKeys
{
    public static (string Table, Column[] Keys) Of(StateTable table, int count, Func<int, RoundGrainId> grain)
    {
        switch (table)
        {
            case StateTable.Items:
                return ("items", [new TextColumn("id", i => grain(i).Key)]);
            case StateTable.Aggregates:
                var keys = new AggregateKey[count];
                for (var i = 0; i < count; i++)
                    keys[i] = AggregateKey.Parse(grain(i).Key);
                return (
                    "aggregates",
                    [
                        new IntColumn("generation", i => keys[i].Generation),
                        new LongColumn("window_start_ms", i => keys[i].WindowStartMs),
                        new TextColumn("\"group\"", i => keys[i].Group),
                    ]);
            default:
                return (
                    "grains", [new TextColumn("type", i => grain(i).Type), new TextColumn("key", i => grain(i).Key)]);
        }
    }
}
