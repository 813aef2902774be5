using System.Text;
using Tributary.Aggregates;
using Tributary.Grains.Items;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Tests.Items;

public sealed class ItemGrainTests
{
    private readonly FakeTurn turn = new(ItemGrain.GrainType, "sensor-1");
    private readonly ItemGrain grain;

    public ItemGrainTests() => grain = turn.Attach(new ItemGrain());

    [Fact]
    public async Task A_message_is_appended_with_its_sequence_and_contributes()
    {
        var delta = new AggregateDelta();
        var receipt = await grain.Receive(Incoming("{}",
            contributions: [new(new RoundGrainId("aggregate", "7/0/[]"), 7, delta)]));
        await grain.Receive(Incoming("""{"n":2}"""));

        Assert.False(receipt.IsRepeat);
        Assert.Equal([1L, 2L], turn.Appended.Select(appended => appended.ItemSequence));
        Assert.Equal([7], turn.Appended[0].Generations);
        Assert.Equal([("7/0/[]", delta)], turn.Applied);
    }

    [Fact]
    public async Task A_known_external_id_with_the_same_body_changes_nothing()
    {
        var first = Incoming("""{"a":1}""", "key-1");
        var known = new KnownMessage(first.Message.Id, "sensor-1", first.BodyHash, new Position(99));
        turn.Known[first.External!.Value] = known;

        var receipt = await grain.Receive(Incoming("""{"a":1}""", "key-1",
            [new(new RoundGrainId("aggregate", "7/0/[]"), 7, new AggregateDelta())]));

        Assert.True(receipt.IsRepeat);
        Assert.Equal((first.Message.Id, new Position(99)), (receipt.Id, receipt.Position));
        Assert.Null(((IStateful)grain).State);
        Assert.Empty(turn.Appended);
        Assert.Empty(turn.Applied);
    }

    [Fact]
    public async Task A_known_external_id_with_another_body_is_refused()
    {
        var first = Incoming("""{"a":1}""", "key-1");
        turn.Known[first.External!.Value] = new KnownMessage(
            first.Message.Id, "sensor-1", first.BodyHash, new Position(99));

        var error = await Assert.ThrowsAsync<TributaryException>(async () =>
            await grain.Receive(Incoming("""{"a":2}""", "key-1")));

        Assert.Equal("external_id_conflict", error.Code);
        Assert.Contains("key-1", error.Message, StringComparison.Ordinal);
        Assert.Null(((IStateful)grain).State);
    }

    [Fact]
    public async Task An_item_that_no_message_spoke_of_reads_as_null_and_gets_no_state()
    {
        Assert.Null(await grain.Read());
        Assert.Null(((IStateful)grain).State);
    }

    [Fact]
    public async Task An_item_knows_its_first_and_last_message()
    {
        await grain.Receive(Incoming("{}"));
        var last = Incoming("{}", at: FakeTurn.Start.AddMinutes(1));
        await grain.Receive(Incoming("{}", at: FakeTurn.Start.AddSeconds(1)));
        await grain.Receive(last);

        var view = await grain.Read();

        Assert.Equal(
            new ItemView(
                "sensor-1", 3, "test", "application/json", FakeTurn.Start, FakeTurn.Start.AddMinutes(1),
                last.Message.Id),
            view);
    }

    private static IncomingMessage Incoming(
        string body,
        string? externalId = null,
        IReadOnlyList<Contribution>? contributions = null,
        DateTimeOffset? at = null
    ) =>
        new(
            new Message
            {
                Id = new MessageId(Guid.NewGuid()),
                Source = "test",
                Item = "sensor-1",
                ExternalId = externalId,
                MediaType = "application/json",
                Body = Encoding.UTF8.GetBytes(body),
                ReceivedAt = at ?? FakeTurn.Start,
            },
            contributions ?? [],
            isNewItem: false);
}
