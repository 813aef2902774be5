using System.Text.Json.Serialization;
using Tributary.Messages;

namespace Tributary;

/// <summary>
/// A virtual actor whose methods are turns. A turn runs to its end without waiting, on the one thread of its silo's
/// rounds, and asks for effects that become durable together with the rest of its round.
/// </summary>
public abstract class RoundGrain
{
    private ITurnContext? context;

    /// <summary>The key of this grain within its type.</summary>
    protected string Key => Context.Id.Key;

    /// <summary>The time of the turn, by the database's clock.</summary>
    protected DateTimeOffset Now => Context.Now;

    /// <summary>
    /// The version of the definitions that the turn's round must know: a message that was counted by an earlier version
    /// may lack contributions.
    /// </summary>
    protected long Definitions => Context.Definitions;

    private ITurnContext Context =>
        context ?? throw new InvalidOperationException("A grain's members are available only inside a turn.");

    /// <summary>
    /// Called by the engine with the turn's context before a turn and with null after it, so that no
    /// effect can be asked for outside a turn.
    /// </summary>
    public void Attach(ITurnContext? turn) => context = turn;

    /// <summary>
    /// A reference whose calls become one-way effects of this turn. A call runs in the same round
    /// when the grain is here and active; otherwise a durable row holds it, and it runs later. The
    /// result of such a call cannot be awaited.
    /// </summary>
    protected TGrain GetGrain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey => Context.GetGrain<TGrain>(key);

    /// <summary>
    /// Marks a call to another grain as one-way: <c>Send(GetGrain&lt;IOther&gt;(key).Tell(it))</c>. The call is already
    /// an effect of this turn; the task exists only because the interface returns one.
    /// </summary>
    protected static void Send(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully)
            throw new InvalidOperationException(
                "Send takes the call of a reference that a grain's own GetGrain returned.");
    }

    /// <summary>Stores a message. Its position is known when the round is durable.</summary>
    /// <param name="parts">The unfinished parts; empty when the message is completed with this round.</param>
    protected AppendedMessage Append(
        Message message, long itemSequence, IReadOnlyList<int> generations,
        params IReadOnlyList<MessagePart> parts) => Context.Append(message, itemSequence, generations, parts);

    /// <summary>Replaces the unfinished parts of a stored message; the ledger follows.</summary>
    /// <param name="before">The message's status so far, which the grain knows.</param>
    protected void SetParts(MessageReference message, MessageStatus before, IReadOnlyList<MessagePart> parts) =>
        Context.SetParts(message, before, parts);

    /// <summary>
    /// Stores a plugin's record for a message of this item. A record from a later message of the item stays.
    /// </summary>
    protected void SetRecord(MessageReference message, RecordEffect record) => Context.SetRecord(message, record);

    /// <summary>Remembers the aggregates that counted a stored message after it was accepted.</summary>
    protected void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> outcomes) =>
        Context.AddOutcomes(message, outcomes);

    /// <summary>
    /// The message accepted earlier under this external id, or null. The call's <see cref="INeeds"/> must name the id.
    /// </summary>
    protected KnownMessage? Find(ExternalKey key) => Context.Find(key);

    /// <summary>Sets the reminder of this name, in place of an earlier one.</summary>
    protected void SetReminder(string name, DateTimeOffset due, ReadOnlyMemory<byte> payload = default) =>
        Context.SetReminder(new ReminderRequest(name, due, 0, null, payload));

    /// <summary>Removes the reminder or activity of this name, if there is one.</summary>
    protected void ClearReminder(string name) => Context.ClearReminder(name);

    /// <summary>
    /// Asks for work outside the turn. The activity of type <paramref name="activity"/> starts as soon as the round is
    /// durable, or at <paramref name="due"/>; its result comes back through <see cref="IActivityOwner.OnActivity"/>.
    /// </summary>
    /// <param name="local">
    /// An object for the activity if it starts in this process before it is read back from the database; not stored.
    /// </param>
    protected void StartActivity(
        string name,
        string activity,
        ReadOnlyMemory<byte> payload,
        int attempt = 1,
        DateTimeOffset? due = null,
        object? local = null
    ) =>
        Context.SetReminder(
            new ReminderRequest(name, due ?? Context.Now, attempt, activity, payload) { Local = local });
}

/// <summary>
/// A grain with durable state. State is immutable: a turn replaces it, and a turn that throws changes nothing.
/// </summary>
public abstract class RoundGrain<TState> : RoundGrain, IStateful where TState : class
{
    private TState? state;
    private TState? initial;

    /// <summary>
    /// The state as of this turn; <see cref="Initial"/>, which is not written, when the grain has no state yet.
    /// </summary>
    protected TState State
    {
        get => state ?? (initial ??= Initial());
        set => state = value;
    }

    /// <summary>True when the grain has a written state, or this turn has set one.</summary>
    protected bool HasState => state is not null;

    object? IStateful.State
    {
        get => state;
        set => state = (TState?)value;
    }

    /// <summary>The state of a grain before its first write.</summary>
    protected abstract TState Initial();
}

/// <summary>The engine's access to a grain's state; null when there is none.</summary>
public interface IStateful
{
    object? State { get; set; }
}

/// <summary>A grain that sets reminders.</summary>
public interface IReminderOwner
{
    /// <summary>Called when a reminder is due, never early. The turn must set the reminder again to keep it.</summary>
    ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload);
}

/// <summary>A grain that starts activities.</summary>
public interface IActivityOwner
{
    /// <summary>
    /// Called once per attempt with the activity's result or its error. The activity is over unless the turn starts it
    /// again. When the turn throws, or the database refuses its effects, the turn has no effect, and the engine calls
    /// this method again with that error. When the second call fails as well, the engine keeps it as a failure.
    /// </summary>
    ValueTask OnActivity(string name, int attempt, ActivityResult result);
}

/// <summary>
/// The result of an activity: <see cref="Output"/> when <see cref="Error"/> is null. An output that is
/// <see cref="INeeds"/> names the grains that the turn will touch.
/// </summary>
public sealed record ActivityResult(object? Output, string? Error)
{
    /// <summary>
    /// The error code of an activity that was the only one running when the process
    /// ended; the engine did not run it again.
    /// </summary>
    public const string EndedTheProcess = "ended_the_process";

    /// <summary>The payload that the activity was started with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>
    /// True for an error with that code: an automatic restart of the activity could end the process again.
    /// </summary>
    [JsonIgnore]
    public bool HasEndedTheProcess => IsOfEndedProcess(Error);

    public static bool IsOfEndedProcess(string? error) =>
        error?.StartsWith(EndedTheProcess + ":", StringComparison.Ordinal) is true;
}

/// <summary>Work outside a turn that may wait. May run twice for one attempt; its result counts once.</summary>
public interface IActivity
{
    ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation);
}

/// <param name="Name">The name that the owner gave the activity.</param>
/// <param name="Local">
/// The object that the owner's turn handed over, or null when the activity was read back from the database.
/// </param>
public sealed record ActivityStart(
    RoundGrainId Owner, string Name, int Attempt, ReadOnlyMemory<byte> Payload, object? Local);

/// <summary>A reminder or activity that a turn asks for; <paramref name="Activity"/> is null for a reminder.</summary>
public sealed record ReminderRequest(
    string Name, DateTimeOffset Due, int Attempt, string? Activity, ReadOnlyMemory<byte> Payload)
{
    /// <summary>See <see cref="ActivityStart.Local"/>.</summary>
    public object? Local { get; init; }
}

/// <summary>The effects that a turn can ask the engine for.</summary>
public interface ITurnContext
{
    RoundGrainId Id { get; }

    DateTimeOffset Now { get; }

    /// <summary>The version of the definitions by which the round counts messages.</summary>
    long Definitions { get; }

    TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey;

    AppendedMessage Append(
        Message message, long itemSequence, IReadOnlyList<int> generations, IReadOnlyList<MessagePart> parts);

    void SetParts(MessageReference message, MessageStatus before, IReadOnlyList<MessagePart> parts);

    void SetRecord(MessageReference message, RecordEffect record);

    void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> outcomes);

    KnownMessage? Find(ExternalKey key);

    void SetReminder(ReminderRequest request);

    void ClearReminder(string name);
}
