using System.ComponentModel;
using System.Text;
using Tributary.Rounds.Held;
using Tributary.Storage.Failures;

namespace Tributary.Api.FailedCalls;

/// <summary>A one-way call, reminder or result whose turn threw.</summary>
public sealed record FailedCallBody(
    [property: Description("A UUID version 7: newer failures have higher ids.")] string Id,
    DateTimeOffset FailedAt,
    [property: Description("The type of the grain that was called.")] string Type,
    [property: Description("The key of the grain that was called.")] string Key,
    string Method,
    [property: Description("The arguments as JSON text; empty when they could not be stored.")] string Arguments,
    [property: Description("A code, a colon and a sentence.")] string Error,
    [property: Description("How often the call was made.")] int Attempts)
{
    internal static FailedCallBody Of(FailureRow row) => new(
        row.Id.ToString(), row.FailedAt, row.Target.Type, row.Target.Key, row.Method,
        Encoding.UTF8.GetString(row.Arguments.Span), row.Error, row.Attempts);
}

/// <param name="Next">Give it as after to go on; null at the end.</param>
public sealed record FailedCallList(IReadOnlyList<FailedCallBody> Calls, string? Next);

/// <summary>The outcome of a failed call that was made again.</summary>
public sealed record AgainBody(
    [property: Description(
        "MADE; FAILED: its turn threw again; HELD: this build cannot make it, a later one does.")] string Outcome,
    [property: Description("Why it failed again or is held; else null.")] string? Error,
    [property: Description("The id of the failed call that it is now; else null.")] string? FailedCall)
{
    internal static AgainBody Of(AgainResult result) =>
        new(result.Outcome.ToString().ToUpperInvariant(), result.Error, result.FailureId?.ToString());
}

/// <summary>The outcomes of failed calls that were made again, by count.</summary>
public sealed record FailedCallsChangeBody(
    [property: Description("Failed calls that were looked at.")] int LookedAt,
    [property: Description("Calls whose turns ran.")] int Made,
    [property: Description("Calls whose turns threw again: they are failed calls with new ids.")] int Failed,
    [property: Description("Calls that this build cannot make: they are held.")] int Held,
    [property: Description("Give it as after to go on; null when all were looked at.")] string? Next)
{
    internal static FailedCallsChangeBody Of(FailedCallsChange change) =>
        new(change.LookedAt, change.Made, change.Failed, change.Held, change.Next?.ToString());
}
