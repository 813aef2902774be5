using Tributary.Connectors;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>When an item tries again, and what comes first when it is asked for two things.</summary>
public sealed class ItemTimesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_999)]
    [InlineData(9_999)]
    public void A_retry_never_comes_early_however_a_time_lies_between_milliseconds(int ticks)
    {
        var world = new ItemWorld();
        var sequence = world.Receive();
        world.Turn.Now = FakeTurn.Start.AddTicks(ticks);
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing));

        var late = world.Activity(sequence).Due - (world.Turn.Now + TimeSpan.FromSeconds(1));
        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1));
    }

    [Fact]
    public async Task A_repeat_has_its_receipt_from_an_item_whose_backlog_is_full()
    {
        var world = new ItemWorld(maxUnfinished: 1);
        world.Finish(world.Receive(), message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));
        var message = Incoming("seen");
        var known = new KnownMessage(message.Message.Id, "item-1", message.BodyHash, new Position(99));
        world.Turn.Known[message.External!.Value] = known;

        var receipt = await world.Grain.Receive(message);

        Assert.Equal((true, known.Id, known.Position), (receipt.IsRepeat, receipt.Id, receipt.Position));
        var error = await Assert.ThrowsAsync<TributaryException>(
            async () => await world.Grain.Receive(Incoming("unseen")));
        Assert.Equal("item_backlog_full", error.Code);
    }

    private static IncomingMessage Incoming(string externalId) =>
        new(
            new Message
            {
                Id = new MessageId(new Guid(99, 7, 7, new byte[8])),
                Source = "test",
                Item = "item-1",
                ExternalId = externalId,
                MediaType = "application/json",
                Body = "{}"u8.ToArray(),
                ReceivedAt = FakeTurn.Start,
            },
            [],
            isNewItem: false,
            null,
            [new MessagePart("", MessageStatus.Processing, ProcessingStep.Query)]);
}
