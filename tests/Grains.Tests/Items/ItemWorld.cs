using System.Text;
using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Items;

/// <summary>
/// One item with what an engine does for it: positions, activities, the ledger; and what came out of its turns.
/// </summary>
internal sealed class ItemWorld
{
    private readonly Dictionary<long, Message> messages = [];
    private readonly Dictionary<Position, MessageStatus> statuses = [];
    private int committed;

    public ItemWorld(RetryPolicy? policy = null, int maxUnfinished = 10_000)
    {
        Options = new ItemOptions
        {
            Retry = policy ?? RetryPolicy.Default,
            PluginSetNumber = () => SetNumber,
            MaxUnfinishedCount = maxUnfinished,
            MaxSkippedCount = 2,
        };
        Grain = Turn.Attach(new ItemGrain(Options));
    }

    public FakeTurn Turn { get; } = new(ItemGrain.GrainType, "item-1");

    public ItemOptions Options { get; }

    public ItemGrain Grain { get; private set; }

    public int SetNumber { get; set; } = 1;

    /// <summary>The state as it is stored, read back.</summary>
    public void Restart()
    {
        var state = (ItemState?)((IStateful)Grain).State;
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(state, GrainsJson.Default.ItemState);
        Grain = Turn.Attach(new ItemGrain(Options));
        ((IStateful)Grain).State = System.Text.Json.JsonSerializer.Deserialize(json, GrainsJson.Default.ItemState);
    }

    public long Receive(MessagePart? part = null, long definitions = 0)
    {
        var message = new Message
        {
            Id = new MessageId(new Guid(messages.Count + 1, 7, 7, new byte[8])),
            Source = "test",
            Item = "item-1",
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes("{}"),
            ReceivedAt = FakeTurn.Start,
        };
        Grain
            .Receive(
                new IncomingMessage(
                    message,
                    [],
                    false,
                    null,
                    [part ?? new MessagePart("", MessageStatus.Processing, ProcessingStep.Query)])
                {
                    Definitions = definitions,
                })
            .AsTask()
            .GetAwaiter()
            .GetResult();
        var appended = Turn.Appended[^1];
        appended.Commit(new Position(1_000 + messages.Count));
        messages[appended.ItemSequence] = message;
        statuses[appended.Position] = MessagePart.StatusOf(appended.Parts);
        return appended.ItemSequence;
    }

    /// <summary>The one activity of this message that waits or runs.</summary>
    public ReminderRequest Activity(long sequence) =>
        Assert.Single(Turn.Reminders.Values, request => Name(request).Sequence == sequence);

    public bool HasActivity(long sequence) => Turn.Reminders.Values.Any(request => Name(request).Sequence == sequence);

    public ProcessPayload Order(long sequence) => ProcessPayload.Read(Activity(sequence).Payload);

    /// <summary>The activity comes back, as soon as it is due.</summary>
    public void Finish(long sequence, Func<MessageReference, ProcessingResult> result)
    {
        var request = Activity(sequence);
        if (request.Due > Turn.Now)
            Turn.Now = request.Due;
        var made = result(Reference(sequence)) with { SetNumber = SetNumber, Definitions = Turn.Definitions };
        Deliver(request, new ActivityResult(made, null));
    }

    public void Deliver(ReminderRequest request, ActivityResult result)
    {
        // As the engine does it: what is over is gone unless the turn sets it again.
        if (Turn.Reminders.GetValueOrDefault(request.Name) == request)
            Turn.Reminders.Remove(request.Name);
        // A turn does not wait: the task has ended.
        Grain.OnActivity(request.Name, request.Attempt, result with { Payload = request.Payload })
            .AsTask().GetAwaiter().GetResult();
        Count();
    }

    public RetryResult Retry(long sequence, params string[] plugins) =>
        Counted(Grain.Retry(new RetryRequest(sequence, plugins.Length == 0 ? null : plugins)));

    public ParkResult Park(long sequence, params string[] plugins) =>
        Counted(Grain.Park(new ParkRequest(sequence, plugins.Length == 0 ? null : plugins)));

    public MessageReference Reference(long sequence) =>
        new(messages[sequence].Id, new Position(1_000 + sequence - 1), "test", FakeTurn.Start, sequence);

    /// <summary>What is left of the message, as the last turn that said so left it.</summary>
    public IReadOnlyList<MessagePart> Left(long sequence) =>
        Turn.Parts.LastOrDefault(parts => parts.Message.ItemSequence == sequence).Parts
        ?? Turn.Appended.Single(appended => appended.ItemSequence == sequence).Parts;

    public MessageStatus Status(long sequence) => statuses[Reference(sequence).Position];

    public static ProcessingResult Failed(
        MessageReference message, ProcessingStep step, ConnectorFault fault,
        string error = "test_failure: It failed.") =>
        new() { Message = message, Failure = ProcessingFailure.Of(step, fault, error) };

    public static ProcessingResult Ran(MessageReference message, params PluginOutcome[] runs) =>
        new() { Message = message, Runs = runs };

    public static PluginOutcome Good(string plugin) => new(
        plugin, 7,
        new PluginRun(
            PluginResult.Empty with { Records = [new PluginRecord("{}"u8.ToArray(), plugin)] },
            [new Contribution(new RoundGrainId(AggregateKey.GrainType, $"7/0/[\"{plugin}\"]"), 7,
                new AggregateDelta(1, []))]));

    public static PluginOutcome Bad(string plugin, bool mayHelp = false) =>
        new(plugin, 7, new PluginRun(PluginResult.Empty, [], "plugin_failed: It broke.", mayHelp));

    private T Counted<T>(ValueTask<T> answer)
    {
        var given = answer.AsTask().GetAwaiter().GetResult();
        Count();
        return given;
    }

    // The ledger moves from the status before, which must be the one it is in.
    private void Count()
    {
        foreach (var (message, before, parts) in Turn.Parts.Skip(committed))
        {
            Assert.Equal(statuses[message.Position], before);
            Assert.Equal(Reference(message.ItemSequence), message);
            statuses[message.Position] = MessagePart.StatusOf(parts);
        }

        committed = Turn.Parts.Count;
    }

    private static ProcessName Name(ReminderRequest request)
    {
        Assert.True(ProcessName.TryParse(request.Name, out var name));
        return name;
    }
}
