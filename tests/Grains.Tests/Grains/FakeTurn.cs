namespace Tributary.Grains.Tests;

/// <summary>A turn without an engine: gives a grain its state and notes what it asks for.</summary>
internal sealed class FakeTurn(string type, string key) : ITurnContext
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_517_400_000_000);

    public GrainId Id { get; } = new(type, key);

    public DateTimeOffset Now { get; set; } = Start;

    public Dictionary<ExternalKey, KnownMessage> Known { get; } = [];

    public List<AppendedMessage> Appended { get; } = [];

    public List<(string Key, AggregateDelta Delta)> Applied { get; } = [];

    public Dictionary<string, ReminderRequest> Reminders { get; } = [];

    public TGrain Attach<TGrain>(TGrain grain) where TGrain : Grain
    {
        grain.Attach(this);
        return grain;
    }

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        new AggregateCalls(key, Applied) as TGrain ?? throw new NotSupportedException($"No grain of {typeof(TGrain).Name} is expected to be called.");

    public AppendedMessage Append(Message message, long itemSequence, IReadOnlyList<int> generations)
    {
        var appended = new AppendedMessage(message, itemSequence, generations);
        Appended.Add(appended);
        return appended;
    }

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

        public ValueTask<AggregateState?> Read() => throw new NotSupportedException("A call made by a turn has no result.");
    }
}
