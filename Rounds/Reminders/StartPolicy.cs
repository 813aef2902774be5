using System.Globalization;
using Tributary.Storage.Reminders;

namespace Tributary.Rounds.Reminders;

/// <summary>How an activity is started.</summary>
internal enum StartKind
{
    /// <summary>At once, with other activities: no process is known to have ended with it.</summary>
    Free,

    /// <summary>With other activities, once the start is noted.</summary>
    Counted,

    /// <summary>
    /// Once no other activity runs and the start is noted; no other activity starts before this one has ended.
    /// </summary>
    Alone,

    /// <summary>Not at all: the process ended while the activity ran alone.</summary>
    Ended,
}

/// <summary>
/// Decides how an activity starts, by its starts that did not end. An activity that ends its process does so three
/// times and no more. An activity that ran beside it, or while the process was killed, clears itself by running alone
/// to its end.
/// </summary>
internal sealed class StartPolicy(EarlierLives lives, EngineRules rules)
{
    /// <summary>So many starts that did not end, and the next one is alone.</summary>
    public const int CompanyStartsCount = 2;

    public int StartsOf(ReminderRow row) => lives.StartsOf(row);

    public StartKind Of(ReminderRow row) => rules.StartOf(row, lives.StartsOf(row));

    public static StartKind KindOf(ReminderRow row, int startsCount)
    {
        if (startsCount == 0)
            return StartKind.Free;
        if (row.IsAlone)
            return StartKind.Ended;
        return startsCount >= CompanyStartsCount ? StartKind.Alone : StartKind.Counted;
    }

    public static string ErrorOf(ReminderRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ActivityResult.EndedTheProcess}: The process ended while this ran alone, at start {row.StartsCount}; "
        + $"allowed: to end, well or with an error. It is not run again by itself.");
}
