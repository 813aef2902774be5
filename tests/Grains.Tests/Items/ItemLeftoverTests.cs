using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Items;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>What is left of messages: counted late, bounded, and kept over restarts.</summary>
public sealed class ItemLeftoverTests
{
    private readonly ItemWorld world = new();

    [Fact]
    public void A_message_that_was_parked_as_it_was_accepted_counts_when_it_can_be_mapped_and_only_then()
    {
        var sequence = world.Receive(
            new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, 1, null, "field_missing: x")
            {
                IsRaised = true,
            });
        Assert.True(world.Retry(sequence).IsNothingLeft);
        world.Finish(sequence, message =>
            Failed(message, ProcessingStep.Accept, ConnectorFault.Refused, "field_missing: x"));
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        Assert.False(Assert.Single(world.Left(sequence)).IsRaised);

        world.Retry(sequence);
        var share = new Contribution(new RoundGrainId(AggregateKey.GrainType, "3/0/[]"), 3, new AggregateDelta(1, []));
        world.Finish(sequence, message =>
            Failed(message, ProcessingStep.Query, ConnectorFault.Missing) with
            {
                Late = [share],
            });
        world.Finish(sequence, message => Ran(message, Good("sizes")) with { Late = [share] });

        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
        Assert.Single(world.Turn.Applied, applied => applied.Key == "3/0/[]");
        Assert.Equal(
            [3, 7], world.Turn.Outcomes.SelectMany(outcome => outcome.Outcomes).Select(outcome => outcome.Generation));
    }

    [Fact]
    public void An_item_with_too_much_left_takes_no_more_to_be_processed()
    {
        var small = new ItemWorld(maxUnfinished: 1);
        small.Finish(small.Receive(), message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));
        Assert.Equal("item_backlog_full", Assert.Throws<TributaryException>(() => small.Receive()).Code);
    }

    [Fact]
    public async Task What_is_left_survives_a_restart_and_is_seen()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Good("sizes"), Bad("exif")));
        world.Restart();
        var view = (await world.Grain.Read())!;
        var seen = Assert.Single(view.Unfinished);
        Assert.Equal(
            (1, world.Reference(sequence), "exif"),
            (view.UnfinishedCount, seen.Message, Assert.Single(seen.Parts).Plugin));
        world.Retry(sequence);
        world.Finish(sequence, message => Ran(message, Good("exif")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }

    [Fact]
    public async Task An_activity_of_another_name_changes_nothing()
    {
        await world.Grain.OnActivity("something else", 1, new ActivityResult(null, "x"));
        Assert.Empty(world.Turn.Reminders);
    }
}
