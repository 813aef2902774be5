using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Items;

namespace Tributary.Grains.Dedupe;

/// <inheritdoc cref="IDedupeGrain"/>
public sealed class DedupeGrain : RoundGrain<DedupeState>, IDedupeGrain, IReminderOwner, IActivityOwner
{
    public const string GrainType = "dedupe";

    /// <summary>The key of the one grain.</summary>
    public const string TheKey = "external-ids";

    /// <summary>The name under which the activity that removes external ids is stored.</summary>
    public const string CutActivity = "cut-external-ids";

    internal const string Daily = "daily";
    internal const string Cut = "cut";

    private static readonly TimeSpan Period = TimeSpan.FromDays(1);
    private static readonly Backoff Retries = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    public ValueTask Ensure()
    {
        if (State.NextAt is null)
            SetNext();
        else if (State.NextAt <= Now)
            // The reminder is overdue: its call waits, or was lost with a turn that failed. Setting it again serves
            // both.
            SetReminder(Daily, Now);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload)
    {
        SetNext();
        Start(Now);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        if (attempt != State.Attempt)
            return ValueTask.CompletedTask;
        if (result.Error is not null)
        {
            var failures = State.Failures + 1;
            State = State with { Failures = failures };
            // A removal that ended the process is not tried before the next day.
            if (result.HasEndedTheProcess)
                return ValueTask.CompletedTask;
            Start(Now + Retries.After(failures));
            return ValueTask.CompletedTask;
        }

        var (removed, isMore) = (CutResult)result.Output!;
        State = State with { Failures = 0, Removed = State.Removed + removed, LastAt = Now };
        if (isMore)
            Start(Now);
        return ValueTask.CompletedTask;
    }

    protected override DedupeState Initial() => DedupeState.Never;

    private void SetNext()
    {
        var next = Now + Period;
        SetReminder(Daily, next);
        State = State with { NextAt = next };
    }

    private void Start(DateTimeOffset due)
    {
        // Attempts ascend over the life of the grain, so that a result of an earlier attempt is known to be late.
        State = State with { Attempt = State.Attempt + 1 };
        StartActivity(Cut, CutActivity, default, State.Attempt, due);
    }
}

/// <param name="NextAt">When the daily reminder is due; null before it was ever set.</param>
/// <param name="LastAt">When external ids were last removed.</param>
/// <param name="Removed">How many were removed since the database was made.</param>
/// <param name="Attempt">The number of the last activity.</param>
/// <param name="Failures">How many activities failed since the last success.</param>
public sealed record DedupeState(
    DateTimeOffset? NextAt, DateTimeOffset? LastAt, long Removed, int Attempt, int Failures)
{
    public static DedupeState Never { get; } = new(null, null, 0, 0, 0);

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The result of one activity: how many external ids it removed, and whether there are more.</summary>
internal sealed record CutResult(long Removed, bool IsMore);
