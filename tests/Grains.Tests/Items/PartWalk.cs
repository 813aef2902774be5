using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Processing;
using Tributary.Grains.Items.Retries;
using Tributary.Messages;
using Tributary.Plugins;
using Tributary.Replays;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>
/// A real item of which one part is driven into a state and sees one event: the part of plugin <c>a</c>, or the message
/// as a whole where no plugin's part has the state or the event. Says afterwards which effects the turn asked for.
/// </summary>
internal sealed class PartWalk
{
    private const string Error = "ended_the_process: It did.";

    private static readonly RetryPolicy Policy = new(
    [
        new RetryRule { Code = "retry", Then = new Continuation.Retry() },
        new RetryRule { Code = "skip", Then = new Continuation.Skip() },
        new RetryRule { Code = "late", Then = new Continuation.Retry { First = TimeSpan.FromMinutes(5) } },
    ]);

    private readonly ItemWorld world = new(Policy);
    private readonly long sequence;
    private readonly string plugin;
    private ReminderRequest? set;

    // The first activity, which is over in all states but the first two: its result is late.
    private readonly ReminderRequest first;
    private int partsCount;
    private int recordsCount;

    /// <summary>Drives the part into the state, with siblings that can make the event happen.</summary>
    public PartWalk(PartState state, PartEvent on)
    {
        var isOfWhole = state is PartState.Accepted or PartState.AcceptedParked
            || (state != PartState.Waiting && on is PartEvent.NoneAccepts or PartEvent.TakenIn);
        plugin = isOfWhole ? "" : "a";
        var parked = new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, 1, null, "park: No.");
        sequence = world.Receive(state == PartState.AcceptedParked ? parked with { IsRaised = true } : null);
        first = world.Activity(sequence);
        switch (state)
        {
            case PartState.Accepted or PartState.AcceptedParked:
                break;
            case PartState.Done:
                world.Finish(sequence, message => Ran(message, Good("a")));
                break;
            case PartState.Waiting:
                Fail(("a", "late"), ("b", "retry"), ("c", "park"));
                break;
            case PartState.Scheduled when on == PartEvent.Joined:
                Fail(("a", "retry"), ("b", "late"));
                break;
            case PartState.Scheduled or PartState.Running:
                Fail((plugin, "retry"), ("b", "park"));
                break;
            default:
                Fail((plugin, state == PartState.Parked ? "park" : "skip"), ("b", "park"));
                break;
        }

        if (state == PartState.Running)
            world.Turn.Now = world.Activity(sequence).Due;
        Assert.Equal(state, State);
    }

    /// <summary>What the item stores of the part; null when that is nothing.</summary>
    public UnfinishedPart? Stored => Held?.Parts.FirstOrDefault(part => part.Plugin == plugin);

    /// <summary>Where the part stands, by what is stored and by the activity that is set.</summary>
    public PartState State
    {
        get
        {
            if (Held is not null)
                return Stored is { } part ? PartStates.Of(part, world.Turn.Now) : PartState.Done;
            if (!world.HasActivity(sequence))
                return PartState.Done;
            return world.Order(sequence).IsParked ? PartState.AcceptedParked : PartState.Accepted;
        }
    }

    private UnfinishedMessage? Held => ((ItemState)((IStateful)world.Grain).State!).Find(sequence);

    /// <summary>The part sees the event; returns the effects that the turn asked for.</summary>
    public PartEffects See(PartEvent on)
    {
        set = world.HasActivity(sequence) ? world.Activity(sequence) : null;
        (partsCount, recordsCount) = (world.Turn.Parts.Count, world.Turn.Records.Count);
        switch (on)
        {
            case PartEvent.Unreadable:
                Bring(_ => new ProcessingResult { Failure = Failure("store_transient") });
                break;
            case PartEvent.NoResult:
                Deliver(new ActivityResult(null, Error));
                break;
            case PartEvent.Outdated:
                var number = world.SetNumber++;
                Deliver(new ActivityResult(
                    Ran(world.Reference(sequence), Good("a")) with { SetNumber = number }, null));
                break;
            case PartEvent.FailedToRetry:
                Bring(message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing, "retry: No."));
                break;
            case PartEvent.FailedToPark:
                Bring(message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing, "park: No."));
                break;
            case PartEvent.FailedToSkip:
                Bring(message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing, "skip: No."));
                break;
            case PartEvent.Ran:
                Bring(message => Ran(message, Good("a")));
                break;
            case PartEvent.NotAccepted or PartEvent.NoneAccepts:
                Bring(message => Ran(message));
                break;
            case PartEvent.TakenIn:
                Bring(message => new ProcessingResult { Message = message, IsAccepted = true });
                break;
            case PartEvent.RetryAsked:
                world.Retry(sequence, plugin);
                break;
            case PartEvent.ParkAsked:
                world.Park(sequence, plugin);
                break;
            case PartEvent.Replayed:
                world.Grain.ApplyReplayed(new ReplayedRun(
                    "a", 9, "item-1", world.Reference(sequence), [new PluginRecord("{}"u8.ToArray(), "a")], []))
                    .AsTask().GetAwaiter().GetResult();
                break;
            case PartEvent.Joined when State == PartState.Waiting:
                // The part that was due earlier is done, and its record counts for itself.
                world.Finish(sequence, message => Ran(message, Good("b")));
                recordsCount++;
                break;
            case PartEvent.Joined when State == PartState.Scheduled:
                world.Park(sequence, "b");
                break;
            default:
                world.Retry(sequence, State == PartState.Waiting ? "c" : "b");
                break;
        }

        return Effects(on);
    }

    private PartEffects Effects(PartEvent on)
    {
        var effects = ActivityEffects(on);
        var reported = world.Turn.Parts.Skip(partsCount).ToList();

        // A sibling whose event this is reports for itself.
        if (reported.Count > 0 && !IsOfSibling(on))
            effects |= PartEffects.Report;
        if (reported.SelectMany(one => one.Parts).Any(part => part.Plugin == plugin && part.IsRaised))
            effects |= PartEffects.Raise;
        if (world.Turn.Records.Count > recordsCount)
            effects |= PartEffects.Add;
        return effects;
    }

    // What became of the message's activity, as far as the part is concerned.
    private PartEffects ActivityEffects(PartEvent on)
    {
        var now = world.HasActivity(sequence) ? world.Activity(sequence) : null;
        if (now?.Attempt == set?.Attempt)
            return PartEffects.None;
        if (now is not null && world.Order(sequence).Error is not null)
            return PartEffects.LookUp;
        if (now is not null && Includes(now))
        {
            if (IsOfSibling(on) && Includes(set))
                return PartEffects.None;
            if (world.Turn.Parts.Count > partsCount)
                return PartEffects.Start;
            return now.Due > world.Turn.Now ? PartEffects.StartLater : PartEffects.StartAgain;
        }

        return on == PartEvent.ParkAsked ? PartEffects.Stop : PartEffects.None;
    }

    private static bool IsOfSibling(PartEvent on) => on is PartEvent.Joined or PartEvent.Overtaken;

    private bool Includes(ReminderRequest? request) =>
        request is not null
        && (ProcessPayload.Read(request.Payload).Plugins?.Contains(plugin) ?? plugin.Length == 0);

    private static ProcessingFailure Failure(string code) =>
        ProcessingFailure.Of(ProcessingStep.Query, ConnectorFault.Unavailable, $"{code}: No.");

    // All plugins of the message fail; when the part is the whole, the message fails by the first code.
    private void Fail(params (string Plugin, string Code)[] failures) => world.Finish(
        sequence, message => plugin.Length == 0
            ? Failed(message, ProcessingStep.Query, ConnectorFault.Missing, $"{failures[0].Code}: No.")
            : Ran(
                message,
                [
                    .. failures.Select(failure => new PluginOutcome(
                        failure.Plugin, 7, new PluginRun(PluginResult.Empty, [], $"{failure.Code}: No."))),
                ]));

    private void Bring(Func<MessageReference, ProcessingResult> result) => Deliver(
        new ActivityResult(result(world.Reference(sequence)) with { SetNumber = world.SetNumber }, null));

    // To the activity that includes the part; else as a late result.
    private void Deliver(ActivityResult result) => world.Deliver(Includes(set) ? set! : first, result);
}
