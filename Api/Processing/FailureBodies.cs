using System.ComponentModel;
using Tributary.Storage.Failures;

namespace Tributary.Api.Processing;

/// <summary>A failure: the share of a message that is not done.</summary>
public sealed record FailureBody(
    string Message,
    string Source,
    string Item,
    [property: Description("The plugin whose share is left; null for the message as a whole.")] string? Plugin,
    [property: Description("RETRYING or PARKED.")] string Status,
    [property: Description("Where it failed: accept, query, execute or apply.")] string Step,
    int Attempts,
    [property: Description("When it is tried again; null when it was given up.")] DateTimeOffset? NextAttempt,
    [property: Description("A code, a colon and a sentence.")] string Error,
    DateTimeOffset ChangedAt)
{
    internal static FailureBody Of(StoredPart stored) =>
        new(
            stored.Message.Id.ToString(), stored.Message.Source, stored.Item,
            stored.Part.Plugin.Length == 0 ? null : stored.Part.Plugin,
            stored.Part.Status.ToString().ToUpperInvariant(), stored.Part.Step.ToString().ToLowerInvariant(),
            stored.Part.Attempts, stored.Part.NextAttempt, stored.Part.Error ?? "", stored.ChangedAt);
}

/// <param name="Next">Give it as after to go on; null at the end.</param>
public sealed record FailureList(IReadOnlyList<FailureBody> Failures, string? Next);

/// <summary>The result of a change of one message.</summary>
public sealed record MessageChangeBody(
    [property: Description(
        "The plugins whose shares were changed, the empty text for the message as a whole; others were changed by "
        + "somebody else, or are done.")]
    IReadOnlyList<string> Changed);

/// <summary>The result of a change of many failures.</summary>
public sealed record FailureChangeBody(
    [property: Description("Failures that were looked at and match.")] int Matched,
    [property: Description("Messages that were changed: others were changed by somebody else meanwhile.")] int Changed,
    [property: Description("Give it as after to go on; null when all were looked at.")] string? Next);
