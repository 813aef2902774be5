using System.ComponentModel;
using Tributary.Storage.Held;

namespace Tributary.Api.HeldWork;

/// <summary>Calls, reminders and activities that wait for a build that can make them.</summary>
/// <param name="Next">Give it as after to go on; null at the end.</param>
public sealed record HeldList(IReadOnlyList<HeldCountBody> Counts, IReadOnlyList<HeldGrainBody> Grains, string? Next);

/// <summary>The held work of one grain type for one reason, by count.</summary>
public sealed record HeldCountBody(
    string Type, [property: Description("The reason's code.")] string Code, long Calls, long Reminders);

/// <summary>A grain that calls or reminders wait for.</summary>
public sealed record HeldGrainBody(
    string Type,
    string Key,
    [property: Description("The reason's code.")] string Code,
    [property: Description("The reason: a code, a colon and a sentence.")] string Error,
    long Calls,
    [property: Description("Reminders and activities.")] long Reminders,
    [property: Description("When the first was held.")] DateTimeOffset Since)
{
    internal static HeldGrainBody Of(HeldGrain row) => new(
        row.Grain.Type, row.Grain.Key, row.Reason.Code, row.Reason.Text, row.CallsCount, row.RemindersCount, row.Since);
}
