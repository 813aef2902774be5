using Tributary.Storage.Reminders;

namespace Tributary.Storage.InMemory.Reminders;

/// <summary>
/// The order of reminders: due time, type, key, name. Texts compare as UTF-8 bytes, as in both databases.
/// </summary>
public sealed class ReminderOrder : IComparer<ReminderMark>
{
    public static ReminderOrder Instance { get; } = new();

    public int Compare(ReminderMark x, ReminderMark y)
    {
        var order = x.Due.UtcTicks.CompareTo(y.Due.UtcTicks);
        if (order == 0)
            order = Utf8Order.Compare(x.Grain.Type, y.Grain.Type);
        if (order == 0)
            order = Utf8Order.Compare(x.Grain.Key, y.Grain.Key);
        return order != 0 ? order : Utf8Order.Compare(x.Name, y.Name);
    }
}
