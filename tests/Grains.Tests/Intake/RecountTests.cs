using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Intake;

/// <summary>A message that was counted by earlier definitions is counted anew and sent again.</summary>
public sealed class RecountTests
{
    private readonly ContributionCalculator contributions = new([], version: 1);

    [Fact]
    public async Task The_same_message_is_counted_by_the_version_that_the_silo_asks_for()
    {
        var silo = new StrictSilo { Version = 3 };
        var asked = new List<long>();
        var door = Door(silo, version =>
        {
            asked.Add(version);
            contributions.Replace([Counted(7)], [new IndexedPath(4, JsonPointer.Parse("/a"))], version);
            return ValueTask.CompletedTask;
        });

        var receipt = await door.AcceptAsync(new IntakeRequest { Source = "s", Body = """{"a":1}"""u8.ToArray() });

        Assert.Equal([2L, 3L], asked);
        Assert.Equal([1L, 2L, 3L], silo.Received.Select(message => message.Definitions));
        Assert.Single(silo.Received.Select(message => message.Message.Id).Distinct());
        Assert.Equal([7], silo.Received[^1].Generations);
        Assert.Empty(silo.Received[0].Message.IndexedValues);
        Assert.Equal(4, Assert.Single(silo.Received[^1].Message.IndexedValues).Path);
        Assert.True(silo.Received[^1].IsNewGrain);
        Assert.Equal(silo.Received[0].Message.Id, receipt.Id);
    }

    [Fact]
    public async Task A_silo_that_asks_for_more_and_more_is_given_up_and_another_error_is_told_at_once()
    {
        var silo = new StrictSilo { Version = long.MaxValue - 1 };
        var door = Door(silo, version =>
        {
            contributions.Replace([], [], version);
            return ValueTask.CompletedTask;
        });

        var error = await Assert.ThrowsAsync<TributaryException>(() => PostAsync(door));
        Assert.Equal("definitions_outdated", error.Code);
        Assert.Equal(5, silo.Received.Count);

        silo.Error = new TributaryException("item_backlog_full", "Full.");
        Assert.Equal("item_backlog_full", (await Assert.ThrowsAsync<TributaryException>(() => PostAsync(door))).Code);
        Assert.Equal(6, silo.Received.Count);
    }

    private static async Task PostAsync(MessageIntake door) =>
        await door.AcceptAsync(new IntakeRequest { Source = "s", Body = "{}"u8.ToArray() });

    private static DefinedGeneration Counted(int id) => new(
        id,
        AggregateDefinition.Parse(
            System.Text.Json.JsonElement.Parse(
                """{"name":"n","group":[{"name":"a","pointer":"/a"}],"measures":[{"name":"n","kind":"count"}]}"""),
            "n"));

    private MessageIntake Door(StrictSilo silo, Func<long, ValueTask> upTo) => new(
        silo, contributions, new MessageIds(() => 1), TimeProvider.System, new IntakeOptions(), plugins: null, upTo);

    private sealed class StrictSilo : IRoundGrains, IItemGrain
    {
        public long Version { get; init; }

        public TributaryException? Error { get; set; }

        public List<IncomingMessage> Received { get; } = [];

        public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
            (TGrain)(IGrainWithStringKey)this;

        public ValueTask<Receipt> Receive(IncomingMessage message)
        {
            Received.Add(message);
            if (Error is { } error)
                throw error;
            return message.Definitions < Version
                ? throw new TributaryException("definitions_outdated", "Counted by an earlier version.")
                : ValueTask.FromResult(new Receipt(new AppendedMessage(message.Message, 1, message.Generations)));
        }

        public ValueTask<ItemView?> Read() => throw new NotSupportedException("The intake reads no items.");

        public ValueTask<RetryResult> Retry(RetryRequest request) =>
            throw new NotSupportedException("The intake retries nothing.");

        public ValueTask<ParkResult> Park(ParkRequest request) =>
            throw new NotSupportedException("The intake parks nothing.");

        public ValueTask ApplyReplayed(ReplayedRun run) =>
            throw new NotSupportedException("The intake replays nothing.");
    }
}
