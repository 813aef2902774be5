using Tributary.Connectors;
using Tributary.Grains.Items.Processing;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>
/// Walks the table of transitions: a real item is driven into every state and sees every event, and must do what the
/// row says, or nothing where there is no row.
/// </summary>
public sealed class ProcessingTransitionsTests
{
    private static readonly PartState[] States = Enum.GetValues<PartState>();
    private static readonly PartEvent[] Events = Enum.GetValues<PartEvent>();

    /// <summary>Every pair of a state and an event, by their names.</summary>
    public static TheoryData<string, string> Rows() => Pairs((state, on) => Row(state, on) is not null);

    public static TheoryData<string, string> Ignored() =>
        Pairs((state, on) => Row(state, on) is null && WhyNever(state, on) is null);

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_item_does_what_the_row_says(string state, string on)
    {
        var (from, seen) = (Enum.Parse<PartState>(state), Enum.Parse<PartEvent>(on));
        var walk = new PartWalk(from, seen);

        var effects = walk.See(seen);

        Assert.Equal(new ProcessingTransition(from, seen, walk.State, effects), Row(from, seen));
    }

    [Theory]
    [MemberData(nameof(Ignored))]
    public void An_item_ignores_an_event_without_a_row(string state, string on)
    {
        var (from, seen) = (Enum.Parse<PartState>(state), Enum.Parse<PartEvent>(on));
        var walk = new PartWalk(from, seen);
        var before = walk.Stored;

        var effects = walk.See(seen);

        Assert.Equal((from, before, PartEffects.None), (walk.State, walk.Stored, effects));
    }

    [Fact]
    public void Every_pair_has_a_row_or_is_ignored_or_never_happens()
    {
        Assert.DoesNotContain(ProcessingTransitions.All, row => WhyNever(row.From, row.On) is not null);
        Assert.Equal(ProcessingTransitions.All.Count, Rows().Count);
        Assert.All(States, state => Assert.Contains(ProcessingTransitions.All, row => row.From == state));
        Assert.All(Events, on => Assert.Contains(ProcessingTransitions.All, row => row.On == on));
    }

    [Theory]
    [InlineData(nameof(PartState.Scheduled), nameof(PartEvent.NoResult))]
    [InlineData(nameof(PartState.Scheduled), nameof(PartEvent.Unreadable))]
    [InlineData(nameof(PartState.Running), nameof(PartEvent.NoResult))]
    [InlineData(nameof(PartState.Running), nameof(PartEvent.Unreadable))]
    public void A_part_that_is_held_fails_by_an_activity_without_a_result(string state, string on)
    {
        var (from, seen) = (Enum.Parse<PartState>(state), Enum.Parse<PartEvent>(on));
        var walk = new PartWalk(from, seen);

        var effects = walk.See(seen);

        Assert.Equal(
            new ProcessingTransition(from, PartEvent.FailedToPark, walk.State, effects),
            Row(from, PartEvent.FailedToPark));
    }

    [Fact]
    public void A_result_moves_only_the_parts_that_its_activity_was_started_for()
    {
        var world = new ItemWorld();
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("parked"), Bad("tried", mayHelp: true)));

        world.Finish(sequence, message => Ran(message, Good("parked"), Good("tried")));

        Assert.Equal(["tried"], world.Turn.Records.Select(record => record.Record.Key));
        Assert.Equal(["parked"], world.Left(sequence).Select(part => part.Plugin));
    }

    [Theory]
    [InlineData(nameof(PartState.Accepted))]
    [InlineData(nameof(PartState.AcceptedParked))]
    public void An_item_that_holds_nothing_of_a_message_takes_demands_and_replays_alike(string accepted)
    {
        var state = Enum.Parse<PartState>(accepted);
        foreach (var on in new[] { PartEvent.RetryAsked, PartEvent.ParkAsked, PartEvent.Replayed })
            Assert.Equal(Row(PartState.Done, on)?.Effects, Row(state, on)?.Effects);
    }

    // Why a part in this state cannot see the event; null when it can.
    private static string? WhyNever(PartState state, PartEvent on) =>
        (state, on) switch
        {
            (PartState.Done, PartEvent.RetryAsked or PartEvent.ParkAsked or PartEvent.Replayed) => null,
            (PartState.Done, _) => "The engine delivers a result only for the activity that is set.",
            (PartState.Accepted or PartState.AcceptedParked, PartEvent.Joined or PartEvent.Overtaken) =>
                "A message as a whole has no sibling.",
            (PartState.Accepted or PartState.AcceptedParked, PartEvent.NotAccepted) =>
                "A message as a whole sees NoneAccepts.",
            (PartState.Scheduled or PartState.Running, PartEvent.NoResult or PartEvent.Unreadable) =>
                "A part that is held fails by it.",
            (PartState.Parked or PartState.Skipped, PartEvent.Joined) => "The part has no time.",
            (PartState.Running, PartEvent.Overtaken) => "What is due belongs to every next activity.",
            _ => null,
        };

    private static ProcessingTransition? Row(PartState state, PartEvent on) => ProcessingTransitions.Find(state, on);

    private static TheoryData<string, string> Pairs(Func<PartState, PartEvent, bool> isWanted)
    {
        var pairs = new TheoryData<string, string>();
        foreach (var state in States)
        {
            foreach (var on in Events.Where(on => isWanted(state, on)))
                pairs.Add(state.ToString(), on.ToString());
        }

        return pairs;
    }
}
