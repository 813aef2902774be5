using Tributary.Items;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Grains.Items;

/// <summary>What people ask for: to try again what is left, or to give it up.</summary>
public sealed partial class ItemGrain
{
    public ValueTask<RetryResult> Retry(RetryRequest request)
    {
        var nowMs = Now.ToUnixTimeMilliseconds();
        var held = State.Find(request.Sequence);
        var asked = Asked(held, request.Plugins);
        var running = asked.Where(part => part.IsStarted && part.NextMs <= nowMs).ToList();
        var started = asked.Except(running).ToList();
        if (started.Count > 0)
            Change(request.Sequence, held!, part => started.Contains(part) ? part.Anew(Now) : part);
        return ValueTask.FromResult(new RetryResult(Names(started), Names(running)));
    }

    public ValueTask<ParkResult> Park(ParkRequest request)
    {
        var held = State.Find(request.Sequence);
        var waiting = Asked(held, request.Plugins).Where(part => part.Status == MessageStatus.Retrying).ToList();
        if (waiting.Count > 0)
        {
            Change(request.Sequence, held!, part =>
                waiting.Contains(part)
                    ? part with
                    {
                        Status = MessageStatus.Parked,
                        NextMs = null,
                        IsStarted = false,
                    }
                    : part);
        }

        return ValueTask.FromResult(new ParkResult(Names(waiting)));
    }

    public ValueTask ApplyReplayed(ReplayedRun run)
    {
        var held = State.Find(run.Message.ItemSequence);
        if (held is null || held.Parts.All(part => part.Plugin != Whole && part.Plugin != run.Plugin))
            Add(run.Message, run.Generation, run.Records, run.Contributions);
        return ValueTask.CompletedTask;
    }

    // A new activity, or none, takes the place of the one that is there: a result that is on its way becomes late, and
    // what it was asked for is asked for again.
    private void Change(long sequence, UnfinishedMessage held, Func<UnfinishedPart, UnfinishedPart> change)
    {
        var changed = held with { Parts = [.. held.Parts.Select(change)] };
        SetParts(held.Reference(sequence), held.Status, changed.ToParts());
        var name = new ProcessName(sequence, new MessageId(held.Id), MessageStatus.Processing);
        if (held.Parts.Any(part => part.IsStarted) && changed.Status != MessageStatus.Retrying)
        {
            ClearReminder(name.ToString());
            changed = changed with { Attempt = changed.Attempt + 1 };
        }

        Hold(name, changed);
    }

    private static List<UnfinishedPart> Asked(UnfinishedMessage? held, IReadOnlyList<string>? plugins) =>
        held is null ? [] : [.. held.Parts.Where(part => plugins is null || plugins.Contains(part.Plugin))];

    private static IReadOnlyList<string> Names(List<UnfinishedPart> parts) => [.. parts.Select(part => part.Plugin)];
}
