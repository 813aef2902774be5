using System.ComponentModel;
using Tributary.Pipeline.Generations;
using Tributary.Replays;

namespace Tributary.Api.Reprocessing;

/// <summary>A generation of an aggregate or a plugin.</summary>
public sealed record GenerationBody(
    [property: Description("The aggregate's name, or plugin: and the plugin's.")] string Name,
    [property: Description("From 1, per name.")] int Generation,
    [property: Description("True when this is what readers see.")] bool IsLive,
    [property: Description("True when messages are counted in it as they come.")] bool IsFed,
    [property: Description("True when it is the one that the configuration asks for.")] bool IsConfigured,
    DateTimeOffset CreatedAt,
    [property: Description("When readers first saw it; null when they never did.")] DateTimeOffset? LivedAt,
    [property: Description("How far it is built from stored messages; null when that was never asked for.")]
        ReplayBody? Replay)
{
    internal static GenerationBody Of(GenerationView view) =>
        new(
            view.Row.Name, view.Row.Generation, view.Row.IsLive, view.Row.IsFed, view.IsConfigured, view.Row.CreatedAt,
            view.Row.LivedAt, ReplayBody.Of(view.Replay));
}

/// <summary>The progress of the replay that builds a generation.</summary>
public sealed record ReplayBody(
    [property: Description("RUNNING, COMPLETED, INCOMPLETE, CANCELLED or FAILED.")] string Status,
    [property: Description("Only messages accepted at this time or later; null: from the first.")] DateTimeOffset? From,
    [property: Description("Only messages accepted before this time; null: to the last.")] DateTimeOffset? To,
    [property: Description("Messages to look at, as known so far.")] long Total,
    [property: Description("Messages that were looked at.")] long Seen,
    [property: Description(
        "Messages that the replay counted; the others were counted as they came, or do not belong here.")]
        long Counted,
    [property: Description("Messages that failed.")] int Failed,
    [property: Description("The first of these, at most 100.")] IReadOnlyList<ReplayFailureBody> Failures,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    [property: Description("Why it stands still or has ended; null while it goes on.")] string? Error)
{
    internal const int MaxFailuresCount = 100;

    internal static ReplayBody? Of(ReplayProgress? replay) =>
        replay is null
            ? null
            : new ReplayBody(
                replay.Status.ToString().ToUpperInvariant(),
                TimeOf(replay.FromMs),
                TimeOf(replay.ToMs),
                replay.TotalCount,
                replay.SeenCount,
                replay.CountedCount,
                replay.Failed.Count,
                [
                    .. replay
                        .Failed.Take(MaxFailuresCount)
                        .Select(static failed => new ReplayFailureBody(failed.Message.ToString("D"), failed.Error)),
                ],
                replay.StartedAt,
                replay.EndedAt,
                replay.Error);

    private static DateTimeOffset? TimeOf(long? ms) =>
        ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}

/// <summary>A message that the replay could not run again.</summary>
public sealed record ReplayFailureBody(
    [property: Description("The message's id.")] string Message,
    [property: Description("A code, a colon and a sentence.")] string Error);

public sealed record GenerationList(IReadOnlyList<GenerationBody> Generations)
{
    internal static GenerationList Of(IEnumerable<GenerationView> views) => new([.. views.Select(GenerationBody.Of)]);
}
