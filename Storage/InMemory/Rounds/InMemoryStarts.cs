using Tributary.Storage.Rounds;

namespace Tributary.Storage.InMemory.Rounds;

/// <summary>Notes the starts of activities on their rows.</summary>
internal static class InMemoryStarts
{
    public static bool Note(InMemoryDatabase database, SiloId silo, IReadOnlyList<StartNote> notes)
    {
        if (!database.Silos.TryGetValue(silo, out var row) || row.IsDead)
            return false;
        foreach (var (activity, startsCount, isAlone) in notes)
        {
            var mark = activity.Mark;
            if (!database.ReminderRows.TryGetValue(mark, out var stored) || stored.Attempt != activity.Attempt
                || stored.StartsCount != activity.StartsCount || database.Partitions[stored.Partition.Value] != silo)
            {
                continue;
            }

            database.ReminderRows[mark] = stored with { StartsCount = startsCount, IsAlone = isAlone };
            database.Starters[mark] = silo;
        }

        return true;
    }

    public static void TakeBack(InMemoryDatabase database, SiloId silo)
    {
        foreach (var (mark, _) in database.Starters.Where(starter => starter.Value == silo).ToList())
        {
            var stored = database.ReminderRows[mark];
            database.ReminderRows[mark] = stored with { StartsCount = stored.StartsCount - 1, IsAlone = false };
            database.Starters.Remove(mark);
        }
    }
}
