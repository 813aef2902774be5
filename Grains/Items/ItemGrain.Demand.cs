using Tributary.Grains.Items.Processing;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Grains.Items;

/// <summary>Demands from outside: to try parts again, to give them up, to add what a replay made.</summary>
public sealed partial class ItemGrain
{
    public ValueTask<RetryResult> Retry(RetryRequest request)
    {
        var (started, running) = Ask(
            request.Sequence, request.Plugins, PartEvent.RetryAsked, part => part.Anew(Now));
        return ValueTask.FromResult(new RetryResult(started, running));
    }

    public ValueTask<ParkResult> Park(ParkRequest request)
    {
        var (parked, _) = Ask(request.Sequence, request.Plugins, PartEvent.ParkAsked, static part => part);
        return ValueTask.FromResult(new ParkResult(parked));
    }

    public ValueTask ApplyReplayed(ReplayedRun run)
    {
        var part = State.Find(run.Message.ItemSequence)?.Parts
            .FirstOrDefault(part => part.Plugin == Whole || part.Plugin == run.Plugin);
        var state = part is null ? PartState.Done : PartStates.Of(part, Now);
        if (ProcessingTransitions.Find(state, PartEvent.Replayed)?.Effects.HasFlag(PartEffects.Add) is true)
            Add(run.Message, run.Generation, run.Records, run.Contributions);
        return ValueTask.CompletedTask;
    }

    // Returns the names of the parts that moved, and of the asked parts that ignore the demand. An activity that runs
    // is replaced: its result becomes late, and its other parts go into the next activity.
    private (IReadOnlyList<string> Moved, IReadOnlyList<string> Ignored) Ask(
        long sequence, IReadOnlyList<string>? plugins, PartEvent on, Func<UnfinishedPart, UnfinishedPart> change)
    {
        var moved = new List<string>();
        var ignored = new List<string>();
        if (State.Find(sequence) is not { } held)
            return (moved, ignored);

        var left = new PartsLeft(options, Now);
        foreach (var part in held.Parts)
        {
            if (plugins is not null && !plugins.Contains(part.Plugin))
                left.Keep(part);
            else if (left.Move(on, part, change(part)) is null)
                ignored.Add(part.Plugin);
            else
                moved.Add(part.Plugin);
        }

        if (moved.Count > 0)
            Perform(new ProcessName(sequence, new MessageId(held.Id)), held.Status, held, left);
        return (moved, ignored);
    }
}
