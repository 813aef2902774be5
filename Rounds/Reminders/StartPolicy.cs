using System.Globalization;
using Tributary.Storage.Reminders;

namespace Tributary.Rounds.Reminders;

/// <summary>How an activity is started.</summary>
internal enum StartKind
{
    /// <summary>At once, with others: no process is known to have ended with it.</summary>
    Free,

    /// <summary>With others, once the start is noted.</summary>
    Counted,

    /// <summary>Once nothing else runs and the start is noted; nothing else starts before it has ended.</summary>
    Alone,

    /// <summary>Not at all: the process ended while it ran alone.</summary>
    Ended,
}

/// <summary>
/// What follows from the starts that did not end: so an activity that ends its process does so three times and no more,
/// and one that only ran when another one did, or when somebody killed the process, is found innocent by running alone
/// to its end.
/// </summary>
internal sealed class StartPolicy(EarlierLives lives, Sabotage sabotage)
{
    /// <summary>So many starts that did not end, and the next one is alone.</summary>
    private const int CompanyStartsCount = 2;

    public int StartsOf(ReminderRow row) => lives.StartsOf(row);

    public StartKind Of(ReminderRow row)
    {
        var count = sabotage == Sabotage.ForgetStarts ? 0 : lives.StartsOf(row);
        if (count == 0)
            return StartKind.Free;
        if (row.IsAlone || (sabotage == Sabotage.CondemnBystanders && count >= CompanyStartsCount))
            return StartKind.Ended;
        return count >= CompanyStartsCount ? StartKind.Alone : StartKind.Counted;
    }

    public static string ErrorOf(ReminderRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ActivityResult.EndedTheProcess}: The process ended while this ran alone, at start {row.StartsCount}; "
        + $"allowed: to end, well or with an error. It is not run again by itself.");
}
