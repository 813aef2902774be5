using Tributary.Aggregates;
using Tributary.Messages;

namespace Tributary.Grains.Tests.Grains;

/// <summary>A turn without an engine: gives a grain its state and notes what it asks for.</summary>
internal sealed class FakeTurn(string type, string key) : ITurnContext
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_517_400_000_000);

    public RoundGrainId Id { get; } = new(type, key);

    public DateTimeOffset Now { get; set; } = Start;

    public long Definitions { get; set; }

    public Dictionary<ExternalKey, KnownMessage> Known { get; } = [];

    public List<AppendedMessage> Appended { get; } = [];

    public List<(string Key, AggregateDelta Delta)> Applied { get; } = [];

    public Dictionary<string, ReminderRequest> Reminders { get; } = [];

    public TGrain Attach<TGrain>(TGrain grain) where TGrain : RoundGrain
    {
        grain.Attach(this);
        return grain;
    }

    public TGrain GetGrain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey =>
        new AggregateCalls(key, Applied) as TGrain
        ?? throw new NotSupportedException($"No grain of {typeof(TGrain).Name} is expected to be called.");

    public List<(MessageReference Message, MessageStatus Before, IReadOnlyList<MessagePart> Parts)> Parts { get; } = [];

    public List<(MessageReference Message, RecordEffect Record)> Records { get; } = [];

    public List<(MessageReference Message, IReadOnlyList<Outcome> Outcomes)> Outcomes { get; } = [];

    public AppendedMessage Append(
        Message message, long itemSequence, IReadOnlyList<int> generations, IReadOnlyList<MessagePart> parts)
    {
        var appended = new AppendedMessage(message, itemSequence, generations, parts);
        Appended.Add(appended);
        return appended;
    }

    public void SetParts(MessageReference message, MessageStatus before, IReadOnlyList<MessagePart> parts) =>
        Parts.Add((message, before, parts));

    public void SetRecord(MessageReference message, RecordEffect record) => Records.Add((message, record));

    public void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> outcomes) =>
        Outcomes.Add((message, outcomes));

    public KnownMessage? Find(ExternalKey key) => Known.GetValueOrDefault(key);

    public void SetReminder(ReminderRequest request) => Reminders[request.Name] = request;

    public void ClearReminder(string name) => Reminders.Remove(name);

    private sealed class AggregateCalls(string key, List<(string Key, AggregateDelta Delta)> applied) : IAggregateGrain
    {
        public ValueTask Apply(AggregateDelta delta)
        {
            applied.Add((key, delta));
            return ValueTask.CompletedTask;
        }

        public ValueTask<AggregateState?> Read() =>
            throw new NotSupportedException("A call made by a turn has no result.");
    }
}
