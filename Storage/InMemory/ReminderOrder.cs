using System.Text;
using Tributary.Runtime.Store;

namespace Tributary.Storage.InMemory;

/// <summary>The order of reminders: due time, type, key, name; texts as bytes of UTF-8, as both databases compare them.</summary>
public sealed class ReminderOrder : IComparer<ReminderMark>
{
    public static ReminderOrder Instance { get; } = new();

    public int Compare(ReminderMark x, ReminderMark y)
    {
        var order = x.Due.UtcTicks.CompareTo(y.Due.UtcTicks);
        if (order == 0)
            order = CompareUtf8(x.Grain.Type, y.Grain.Type);
        if (order == 0)
            order = CompareUtf8(x.Grain.Key, y.Grain.Key);
        return order != 0 ? order : CompareUtf8(x.Name, y.Name);
    }

    /// <summary>Compares as bytes of UTF-8, which is the order of code points and not that of UTF-16 units.</summary>
    internal static int CompareUtf8(string x, string y)
    {
        var runesX = x.EnumerateRunes();
        var runesY = y.EnumerateRunes();
        while (true)
        {
            var (moreX, moreY) = (runesX.MoveNext(), runesY.MoveNext());
            if (!moreX || !moreY)
                return moreX.CompareTo(moreY);

            var order = runesX.Current.Value.CompareTo(runesY.Current.Value);
            if (order != 0)
                return order;
        }
    }
}
