using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>
/// Earlier versions named the activity of a message that was parked when it was accepted <c>sequence.id.parked</c>.
/// Databases hold such reminders.
/// </summary>
public sealed class EarlierNameTests
{
    private readonly ItemWorld world = new();
    private readonly long sequence;

    public EarlierNameTests()
    {
        sequence = world.Receive(
            new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, 1, null, "field_missing: x")
            {
                IsRaised = true,
            });
        var written = world.Activity(sequence);
        Assert.True(ProcessName.TryParse(written.Name, out var name));
        Assert.Equal((false, true), (name.IsOfParked, world.Order(sequence).IsParked));

        // As the earlier version stored it.
        world.Turn.Reminders.Remove(written.Name);
        var earlier = written with
        {
            Name = (name with { IsOfParked = true }).ToString(), Payload = default, Local = null,
        };
        Assert.EndsWith(".parked", earlier.Name, StringComparison.Ordinal);
        world.Turn.Reminders[earlier.Name] = earlier;
    }

    [Fact]
    public void The_result_of_an_activity_of_the_earlier_name_is_applied()
    {
        world.Finish(sequence, message =>
            Failed(message, ProcessingStep.Accept, ConnectorFault.Refused, "field_missing: x"));

        // The ledger moves from parked to parked, and the failure is not raised twice: it was when it was accepted.
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        Assert.Equal(MessageStatus.Parked, Assert.Single(world.Turn.Parts).Before);
        Assert.False(Assert.Single(world.Left(sequence)).IsRaised);
        Assert.Equal([""], world.Retry(sequence).Started);
        Assert.DoesNotContain(".parked", world.Activity(sequence).Name, StringComparison.Ordinal);
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }

    [Fact]
    public void A_second_result_of_the_earlier_name_is_late()
    {
        var earlier = world.Activity(sequence);
        world.Finish(sequence, message =>
            Failed(message, ProcessingStep.Query, ConnectorFault.Missing, "content_missing: x"));
        world.Deliver(
            earlier,
            new ActivityResult(Ran(world.Reference(sequence), Good("sizes")) with { SetNumber = 1 }, null));

        Assert.Empty(world.Turn.Records);
        Assert.Equal(MessageStatus.Retrying, world.Status(sequence));
    }

    [Theory]
    [InlineData("error")]
    [InlineData("outdated")]
    [InlineData("unreadable")]
    public void An_activity_of_the_earlier_name_goes_on_under_the_name_of_today(string kind)
    {
        var earlier = world.Activity(sequence);
        world.Deliver(earlier, Result(kind));

        // One activity, which knows that the message was parked: the message's status in the ledger is that still.
        var next = world.Activity(sequence);
        Assert.Equal((earlier.Name.Replace(".parked", "", StringComparison.Ordinal), 2), (next.Name, next.Attempt));
        Assert.True(world.Order(sequence).IsParked);
        Assert.True(world.Retry(sequence).IsNothingLeft);
        Assert.Same(next, world.Activity(sequence));
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(
            (MessageStatus.Parked, MessageStatus.Completed),
            (Assert.Single(world.Turn.Parts).Before, world.Status(sequence)));
    }

    private ActivityResult Result(string kind)
    {
        if (kind == "error")
            return new ActivityResult(null, "refused_by_store: No.");
        var result = kind == "outdated" ? Ran(world.Reference(sequence), Good("sizes")) : new ProcessingResult();
        return new ActivityResult(result with { SetNumber = kind == "outdated" ? 0 : 1 }, null);
    }
}
