using Orleans.Serialization.Invocation;
using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Loading;
using Tributary.Rounds.Reminders;

namespace Tributary.Rounds.Turns;

/// <summary>The turn that runs now, as its grain sees it; used again for every turn of the loop.</summary>
internal sealed class TurnContext(RoundGrainTypes types, ExternalIds externalIds) : ITurnContext, IRequestSink
{
    private readonly Dictionary<Type, Func<string, object>> makers = [];
    private readonly Dictionary<(Type Interface, string Key), object> references = [];

    // The grain of each reference, so that a call need not read it out of its reference.
    private readonly Dictionary<object, (RoundGrainId Grain, RoundInterface Interface)> targets =
        new(ReferenceEqualityComparer.Instance);

    // Bounds the cache of references that turns use to call other grains.
    private const int MaxReferencesCount = 10_000;

    // The thread that runs the turn; 0 between turns.
    private int turnThread;

    private PartitionId partition;

    public TurnEffects Effects { get; } = new();

    public RoundGrainId Id { get; private set; }

    public DateTimeOffset Now { get; set; }

    public long Definitions { get; set; }

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        CheckTurn();
        ArgumentNullException.ThrowIfNull(key);
        var id = (typeof(TGrain), key);
        if (references.TryGetValue(id, out var known))
            return (TGrain)known;
        if (references.Count >= MaxReferencesCount)
        {
            references.Clear();
            targets.Clear();
        }

        if (!makers.TryGetValue(typeof(TGrain), out var maker))
            makers.Add(typeof(TGrain), maker = types.ReferencesOf(typeof(TGrain), this));
        var reference = maker(key);
        references.Add(id, reference);
        var type = types.Interface(typeof(TGrain));
        targets.Add(reference, (new RoundGrainId(type.Name, key), type));
        return (TGrain)reference;
    }

    public AppendedMessage Append(
        Message message, long itemSequence, IReadOnlyList<int> generations, IReadOnlyList<MessagePart> parts)
    {
        CheckTurn();
        CheckParts(parts);
        ExternalKey? key = message.ExternalId is null ? null
            : ExternalKey.Of(message.Source, message.Item, message.ExternalId);
        if (key is { } external && (Find(external) is not null || !Effects.ExternalIds.Add(external)))
            throw new TributaryException("external_id_taken",
                $"The external id '{message.ExternalId}' of source '{message.Source}' has a message already; a turn "
                + "looks it up before it appends.");
        var appended = new AppendedMessage(message, itemSequence, generations, parts);
        Effects.Messages.Add((appended, key));
        return appended;
    }

    public KnownMessage? Find(ExternalKey key)
    {
        CheckTurn();
        return externalIds.Find((partition, key));
    }

    public void SetParts(MessageReference message, MessageStatus before, IReadOnlyList<MessagePart> parts)
    {
        CheckTurn();
        CheckParts(parts);
        Effects.Parts.Add((message, before, parts));
    }

    public void SetRecord(MessageReference message, RecordEffect record)
    {
        CheckTurn();
        Effects.Records.Add((message, record));
    }

    public void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> outcomes)
    {
        CheckTurn();
        Effects.Outcomes.Add((message, outcomes));
    }

    public void SetReminder(ReminderRequest request)
    {
        CheckTurn();
        ArgumentNullException.ThrowIfNull(request.Name);
        Effects.Reminders.Add(
            (
                request.Name,
                request with
                {
                    Due = UpToMicroseconds(request.Due),
                    Local = null,
                },
                request.Local,
                LocalHandOvers.SizeOf(request.Local)));
    }

    public void ClearReminder(string name)
    {
        CheckTurn();
        ArgumentNullException.ThrowIfNull(name);
        Effects.Reminders.Add((name, null, null, 0));
    }

    /// <summary>A call of a turn is one-way: its result cannot be awaited inside the turn.</summary>
    public ValueTask<TResult> Send<TResult>(string grainType, object reference, IInvokable request)
    {
        Add(grainType, reference, request);
        return ValueTask.FromException<TResult>(new InvalidOperationException(
            "A turn does not wait: the result of a call to another grain is not available inside a turn. "
            + "Send the call one-way and let the other grain call back."));
    }

    public ValueTask Send(string grainType, object reference, IInvokable request)
    {
        Add(grainType, reference, request);
        return ValueTask.CompletedTask;
    }

    private void Add(string grainType, object reference, IInvokable request)
    {
        CheckTurn();
        // The turn may have kept a reference longer than the cache did.
        var target = targets.TryGetValue(reference, out var known)
            ? known
            : (Grain: new RoundGrainId(grainType, types.KeyOf(reference)), Interface: types.InterfaceOf(grainType));
        Effects.Calls.Add(new OneWayCall(target.Grain, target.Interface.Method(request), request));
    }

    /// <summary>The turn of this grain begins, on this thread.</summary>
    public void Enter(Activation grain)
    {
        Effects.Clear();
        Id = grain.Id;
        partition = grain.Partition;
        turnThread = Environment.CurrentManagedThreadId;
    }

    /// <summary>The turn has ended.</summary>
    public void Leave() => turnThread = 0;

    // A method that did not complete may go on while other turns run, and still hold objects of its own turn. Its later
    // requests must not become effects of another turn.
    private void CheckTurn()
    {
        if (turnThread != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("A turn asks for effects while it runs; this turn is over.");
    }

    // Refuses parts that the store would refuse later, together with the other turns of the round.
    private static void CheckParts(IReadOnlyList<MessagePart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Status == MessageStatus.Completed)
                throw new ArgumentException("A part that is completed is not left to be done: leave it out.");
            for (var other = 0; other < i; other++)
            {
                if (parts[other].Plugin == parts[i].Plugin)
                    throw new ArgumentException(
                        $"A message has two parts of the plugin '{parts[i].Plugin}'; each has one.");
            }
        }
    }

    // Rounds up to whole microseconds, the precision in which reminders are ordered; upwards, so that a reminder is not
    // early.
    private static DateTimeOffset UpToMicroseconds(DateTimeOffset due)
    {
        var beyond = due.UtcTicks % TimeSpan.TicksPerMicrosecond;
        var utc = due.ToUniversalTime();
        return beyond == 0 || utc > DateTimeOffset.MaxValue.AddMicroseconds(-1)
            ? utc
            : utc.AddTicks(TimeSpan.TicksPerMicrosecond - beyond);
    }
}
