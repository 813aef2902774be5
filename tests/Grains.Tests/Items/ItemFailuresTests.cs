using System.Text;
using System.Text.Json;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>Which failures an item raises, which parts it tries together, and what it keeps meanwhile.</summary>
public sealed class ItemFailuresTests
{
    private readonly ItemWorld world = new();

    private ItemState State => (ItemState)((IStateful)world.Grain).State!;

    [Theory]
    [InlineData(ConnectorFault.Refused, MessageStatus.Parked)]
    [InlineData(ConnectorFault.Missing, MessageStatus.Retrying)]
    public void A_first_failure_is_raised_and_so_is_the_next(ConnectorFault fault, MessageStatus status)
    {
        var sequence = world.Receive();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            world.Finish(sequence, message => Failed(message, ProcessingStep.Query, fault));
            Assert.Equal(
                (status, true, attempt),
                world.Left(sequence).Select(part => (part.Status, part.IsRaised, part.Attempts)).Single());
            world.Retry(sequence);
            Assert.False(world.Left(sequence).Single().IsRaised);
        }
    }

    [Fact]
    public void A_message_that_was_parked_as_it_came_and_then_fails_otherwise_is_raised()
    {
        var parked = new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, 1, null, "field_missing: x");
        var sequence = world.Receive(parked with { IsRaised = true });
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing));

        Assert.Equal(
            (MessageStatus.Retrying, true), world.Left(sequence).Select(part => (part.Status, part.IsRaised)).Single());
    }

    [Fact]
    public void A_part_that_is_asked_for_goes_with_one_that_is_overdue()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("parked"), Bad("overdue", mayHelp: true)));
        world.Turn.Now = world.Activity(sequence).Due.AddSeconds(5);

        world.Retry(sequence, "parked");

        Assert.Equal(["parked", "overdue"], world.Order(sequence).Plugins);
        Assert.True(world.Activity(sequence).Due <= world.Turn.Now);
    }

    [Fact]
    public async Task An_item_keeps_what_it_knows_while_its_messages_fail_and_are_done()
    {
        var first = world.Receive();
        var lastAt = FakeTurn.Start.AddHours(2);
        await world.Grain.Receive(At(lastAt));
        State.Unknown = new Dictionary<string, JsonElement> { ["colour"] = JsonElement.Parse("\"blue\""u8) };
        world.Finish(first, message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));

        var failed = (await world.Grain.Read())!;
        Assert.Equal(
            (2, FakeTurn.Start, lastAt, 1),
            (failed.Sequence, failed.FirstReceivedAt, failed.LastReceivedAt, failed.UnfinishedCount));
        world.Retry(first);
        world.Finish(first, message => Ran(message, Good("sizes")));
        var done = (await world.Grain.Read())!;
        Assert.Equal(
            (2, FakeTurn.Start, lastAt, 0),
            (done.Sequence, done.FirstReceivedAt, done.LastReceivedAt, done.UnfinishedCount));
        Assert.Contains("colour", State.Unknown!.Keys);
    }

    [Fact]
    public async Task An_item_shows_its_newest_failures_first()
    {
        var sequences = Enumerable.Range(0, 3).Select(_ => world.Receive()).ToList();
        foreach (var sequence in sequences)
            world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));

        var view = (await world.Grain.Read())!;

        Assert.Equal(sequences.AsEnumerable().Reverse(), view.Unfinished.Select(one => one.Message.ItemSequence));
    }

    private static IncomingMessage At(DateTimeOffset receivedAt) => new(
        new Message
        {
            Id = new MessageId(new Guid(98, 7, 7, new byte[8])), Source = "test", Item = "item-1",
            MediaType = "application/json", Body = Encoding.UTF8.GetBytes("{}"), ReceivedAt = receivedAt,
        },
        [], isNewItem: false);
}
