using System.Collections.Frozen;
using static Tributary.Grains.Items.Processing.PartEffects;
using static Tributary.Grains.Items.Processing.PartEvent;
using static Tributary.Grains.Items.Processing.PartState;

namespace Tributary.Grains.Items.Processing;

/// <summary>
/// The state machine of a message's parts; <see cref="ItemGrain"/> runs by it. A part ignores an event for which its
/// state has no row: nothing changes and no effect is asked for.
/// </summary>
/// <remarks>
/// Two things concern the whole message and stand beside the table. A late result is ignored before its parts are
/// looked at: its attempt is not that of the message's activity. The share of an unmapped message in the declarative
/// aggregates is added once, with the first result that could map it.
/// </remarks>
internal static class ProcessingTransitions
{
    public static IReadOnlyList<ProcessingTransition> All { get; } =
    [
        // The item does not know the message's position: a failure is noted only by an activity that found the message.
        new(Accepted, Unreadable, Accepted, StartLater),
        new(Accepted, NoResult, Accepted, LookUp),
        new(Accepted, Outdated, Accepted, StartAgain),
        new(Accepted, FailedToRetry, Scheduled, Report | Raise | Start),
        new(Accepted, FailedToPark, Parked, Report | Raise),
        new(Accepted, FailedToSkip, Skipped, Report | Raise),
        new(Accepted, Ran, Done, Report | Add),
        new(Accepted, NoneAccepts, Skipped, Report),
        new(Accepted, TakenIn, Done, Report),
        new(Accepted, Replayed, Accepted, Add),

        // The acceptance has raised the failure: another one that parks the message says nothing new.
        new(AcceptedParked, Unreadable, AcceptedParked, StartLater),
        new(AcceptedParked, NoResult, AcceptedParked, LookUp),
        new(AcceptedParked, Outdated, AcceptedParked, StartAgain),
        new(AcceptedParked, FailedToRetry, Scheduled, Report | Raise | Start),
        new(AcceptedParked, FailedToPark, Parked, Report),
        new(AcceptedParked, FailedToSkip, Skipped, Report | Raise),
        new(AcceptedParked, Ran, Done, Report | Add),
        new(AcceptedParked, NoneAccepts, Skipped, Report),
        new(AcceptedParked, TakenIn, Done, Report),
        new(AcceptedParked, Replayed, AcceptedParked, Add),

        // A result may come although the part is not due by this clock: the engine started the activity, so it counts.
        new(Scheduled, Outdated, Scheduled, StartAgain),
        new(Scheduled, FailedToRetry, Scheduled, Report | Raise | Start),
        new(Scheduled, FailedToPark, Parked, Report | Raise),
        new(Scheduled, FailedToSkip, Skipped, Report | Raise),
        new(Scheduled, Ran, Done, Report | Add),
        new(Scheduled, NotAccepted, Done, Report),
        new(Scheduled, NoneAccepts, Skipped, Report),
        new(Scheduled, TakenIn, Done, Report),
        new(Scheduled, RetryAsked, Running, Report | Start),
        new(Scheduled, ParkAsked, Parked, Report | Stop),
        new(Scheduled, Overtaken, Waiting, None),

        // No row for RetryAsked: the part is being tried.
        new(Running, Outdated, Running, StartAgain),
        new(Running, FailedToRetry, Scheduled, Report | Raise | Start),
        new(Running, FailedToPark, Parked, Report | Raise),
        new(Running, FailedToSkip, Skipped, Report | Raise),
        new(Running, Ran, Done, Report | Add),
        new(Running, NotAccepted, Done, Report),
        new(Running, NoneAccepts, Skipped, Report),
        new(Running, TakenIn, Done, Report),
        new(Running, ParkAsked, Parked, Report | Stop),

        new(Waiting, RetryAsked, Running, Report | Start),
        new(Waiting, ParkAsked, Parked, Report | Stop),
        new(Waiting, Joined, Scheduled, Start),

        new(Parked, RetryAsked, Running, Report | Start),

        new(Skipped, RetryAsked, Running, Report | Start),

        new(Done, Replayed, Done, Add),
    ];

    private static readonly FrozenDictionary<(PartState, PartEvent), ProcessingTransition> Rows =
        All.ToFrozenDictionary(static row => (row.From, row.On));

    /// <summary>The row of this state and event; null when the part ignores the event.</summary>
    public static ProcessingTransition? Find(PartState from, PartEvent on) => Rows.GetValueOrDefault((from, on));
}

/// <summary>One row: a part in <paramref name="From"/> sees <paramref name="On"/>.</summary>
internal sealed record ProcessingTransition(PartState From, PartEvent On, PartState Next, PartEffects Effects);
