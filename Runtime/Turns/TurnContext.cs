using Tributary.Runtime.Calls;
using Tributary.Runtime.Loading;

namespace Tributary.Runtime.Turns;

/// <summary>The one turn that runs now, as its grain sees it; used again for every turn of the loop.</summary>
internal sealed class TurnContext(GrainTypes types, ExternalIds externalIds) : ITurnContext, ICallSink
{
    private readonly Dictionary<GrainId, object> references = [];

    // Bounds the cache of references that turns use to call other grains.
    private const int MaxReferencesCount = 10_000;

    public TurnEffects Effects { get; } = new();

    public GrainId Id { get; set; }

    public DateTimeOffset Now { get; set; }

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        var type = types.Interface<TGrain>();
        var id = new GrainId(type.Name, key);
        if (references.TryGetValue(id, out var known))
            return (TGrain)known;
        if (references.Count >= MaxReferencesCount)
            references.Clear();
        var reference = GrainReference.Create<TGrain>(type, key, this);
        references.Add(id, reference);
        return reference;
    }

    public AppendedMessage Append(Message message, long itemSequence, IReadOnlyList<int> generations)
    {
        var appended = new AppendedMessage(message, itemSequence, generations);
        Effects.Messages.Add(appended);
        return appended;
    }

    public KnownMessage? Find(ExternalKey key) => externalIds.Find(key);

    public void SetReminder(ReminderRequest request) => Effects.Reminders.Add((request.Name, request));

    public void ClearReminder(string name) => Effects.Reminders.Add((name, null));

    public object Send(GrainId target, GrainMethod method, object?[] arguments)
    {
        Effects.Calls.Add(new OneWayCall(target, method, arguments));
        return method.OneWayResult;
    }
}
