using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Replays;

namespace Tributary.Grains.Replays;

/// <inheritdoc cref="IReplayGrain"/>
/// <remarks>
/// A slice is applied in the turn that moves the cursor beyond it: both are durable or neither is, so after a crash the
/// same slice is read again and counts once.
/// </remarks>
public sealed class ReplayGrain(ReplayOptions options) : RoundGrain<ReplayState>, IReplayGrain, IActivityOwner
{
    public const string GrainType = "replay";

    /// <summary>The most generations of one name whose replays are remembered.</summary>
    public const int MaxKeptCount = 16;

    /// <summary>The activity's name.</summary>
    internal const string Slice = "slice";

    public ValueTask<ReplayProgress> Start(ReplayRequest request)
    {
        if (State.Running is { } running && running.Generation != request.Generation)
            throw new TributaryException(
                "replay_running",
                $"Generation {running.Generation} of '{Key}' is being built; allowed: one replay of a name at a time.");
        var known = State.Find(request.Generation);
        if (known is not null && (known.FromMs, known.ToMs) != (request.FromMs, request.ToMs))
            throw new TributaryException("replay_bounds_fixed",
                $"The generation was built of messages from {Show(known.FromMs)} to {Show(known.ToMs)}; allowed: the "
                + "same bounds.");
        if (known is { Status: ReplayStatus.Running })
            return ValueTask.FromResult(known);

        var begun = (
            known
            ?? new ReplayProgress
            {
                Generation = request.Generation,
                FromMs = request.FromMs,
                ToMs = request.ToMs,
            }
        ) with
        {
            Status = ReplayStatus.Running, StartedAt = Now, EndedAt = null, Error = null, Failures = 0,
            Failed = [.. (known?.Failed ?? []).Select(static one => one with { Tries = 0 })],
        };
        return ValueTask.FromResult(GoOn(begun, Now));
    }

    public ValueTask Cancel()
    {
        if (State.Running is { } running)
        {
            ClearReminder(Slice);
            End(running, ReplayStatus.Cancelled);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ReplayProgress>> Read() => ValueTask.FromResult(State.Replays);

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        if (State.Running is not { } running || running.Attempt != attempt)
            return ValueTask.CompletedTask;
        if (result.HasEndedTheProcess)
            // The activity would end the process again: the replay stands still until somebody starts it.
            End(running with { Error = result.Error }, ReplayStatus.Failed);
        else if (result.Output is not ReplaySlice slice)
            Fail(
                running,
                result.Error ?? $"output_unknown: The activity returned {result.Output?.GetType().Name ?? "nothing"}.");
        else if (slice.Error is { } error)
            End(running with { Error = error }, ReplayStatus.Failed);
        else
            Apply(running, slice);
        return ValueTask.CompletedTask;
    }

    protected override ReplayState Initial() => ReplayState.Never;

    private void Apply(ReplayProgress running, ReplaySlice slice)
    {
        if (slice.Payload.Generation != running.Generation || slice.Payload.Cursor != running.Cursor)
            throw new InvalidOperationException(
                $"The replay is at {running.Cursor} and the slice begins at {slice.Payload.Cursor}.");
        foreach (var (aggregate, delta) in slice.Replayed.Shares)
            Send(GetGrain<IAggregateGrain>(aggregate.Key).Apply(delta));
        foreach (var run in slice.Replayed.Runs)
            Send(GetGrain<IItemGrain>(run.Item).ApplyReplayed(run));

        var tried = slice.Payload.Messages ?? [];
        var tries = running
            .Failed.Where(one => tried.Contains(one.Message))
            .ToDictionary(static one => one.Message, static one => one.Tries);
        var failed = running
            .Failed.Where(one => !tried.Contains(one.Message))
            .Concat(slice.Replayed.Failed.Select(one => one with { Tries = tries.GetValueOrDefault(one.Message) + 1 }))
            .ToList();
        var next = running with
        {
            Cursor = slice.Cursor,
            TotalCount = Math.Max(slice.TotalCount, running.TotalCount),
            SeenCount = running.SeenCount + slice.SeenCount,
            CountedCount = running.CountedCount + slice.Replayed.CountedCount,
            Failed = failed,
            Failures = 0,
            Error = null,
            FedFrom = slice.IsEnd ? slice.FedFrom : running.FedFrom,
        };
        if (failed.Count > options.MaxFailedCount)
            End(
                next with
                {
                    Error =
                        $"replay_failures_too_many: {failed.Count} messages failed; allowed: {options.MaxFailedCount}.",
                },
                ReplayStatus.Incomplete);
        else if (slice.Payload.Messages is null && !slice.IsEnd)
            GoOn(next, slice.IsWaiting ? Now + options.HorizonDelay : Now);
        else
            Finish(next);
    }

    // All messages were looked at. Failed messages are tried again, those with the fewest tries first.
    private void Finish(ReplayProgress progress)
    {
        var again = progress
            .Failed.Where(one => one.Tries < options.MaxTriesCount)
            .OrderBy(static one => one.Tries)
            .Take(options.MaxRetriedCount)
            .ToList();
        if (progress.Failed.Count == 0)
            End(progress, ReplayStatus.Completed);
        else if (again.Count == 0)
            End(
                progress with
                {
                    Error =
                        $"replay_incomplete: {progress.Failed.Count} messages failed {options.MaxTriesCount} times.",
                },
                ReplayStatus.Incomplete);
        else
            Begin(
                progress,
                [.. again.Select(static one => one.Message)],
                again[0].Tries == 0 ? Now : Now + DelayAfter(again[0].Tries));
    }

    private void Fail(ReplayProgress running, string error)
    {
        var failed = running with { Failures = running.Failures + 1, Error = error };
        Begin(failed, null, Now + DelayAfter(failed.Failures));
    }

    private ReplayProgress GoOn(ReplayProgress progress, DateTimeOffset due) => Begin(progress, null, due);

    private ReplayProgress Begin(ReplayProgress progress, IReadOnlyList<Guid>? messages, DateTimeOffset due)
    {
        var begun = progress with { Attempt = progress.Attempt + 1 };
        State = State.With(begun, MaxKeptCount);
        var payload = new ReplayPayload(begun.Generation, begun.Cursor, begun.FromMs, begun.ToMs, messages);
        StartActivity(Slice, ReplayPayload.Activity, payload.Write(), begun.Attempt, due);
        return begun;
    }

    private void End(ReplayProgress progress, ReplayStatus status) =>
        State = State.With(progress with { Status = status, EndedAt = Now }, MaxKeptCount);

    private TimeSpan DelayAfter(int failures) =>
        new Backoff(options.RetryDelay, options.MaxRetryDelay).After(failures);

    private static string Show(long? ms) =>
        ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).ToString("O") : "(open)";
}
