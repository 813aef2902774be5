using System.Text.Json.Serialization;
using Tributary.Messages;

namespace Tributary;

/// <summary>
/// A virtual actor. A method is a turn: it runs to its end without waiting, on one thread per silo, and asks for
/// effects that become durable together with the rest of its round.
/// </summary>
public abstract class RoundGrain
{
    private ITurnContext? context;

    /// <summary>The key of this grain within its type.</summary>
    protected string Key => Context.Id.Key;

    /// <summary>The time of the turn, by the database's clock.</summary>
    protected DateTimeOffset Now => Context.Now;

    private ITurnContext Context =>
        context ?? throw new InvalidOperationException("A grain's members are available only inside a turn.");

    /// <summary>
    /// Called by the engine with the turn before it and with null after it, so that nothing can act outside a turn.
    /// </summary>
    public void Attach(ITurnContext? turn) => context = turn;

    /// <summary>
    /// A reference whose calls become effects of this turn: one-way, run in the same round when the grain is here and
    /// active, and later, from a durable row, when it is not. The result of such a call cannot be awaited.
    /// </summary>
    protected TGrain GetGrain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey => Context.GetGrain<TGrain>(key);

    /// <summary>
    /// Says that a call to another grain is one-way: <c>Send(GetGrain&lt;IOther&gt;(key).Tell(it))</c>. The call is an
    /// effect of this turn by then; the task is only what the interface returns.
    /// </summary>
    protected static void Send(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully)
            throw new InvalidOperationException(
                "Send takes the call of a reference that a grain's own GetGrain returned.");
    }

    /// <summary>Stores a message; its place in the order of the database is known when the round is durable.</summary>
    /// <param name="parts">What is left to be done of it; empty when it is completed with this round.</param>
    protected AppendedMessage Append(
        Message message, long itemSequence, IReadOnlyList<int> generations,
        params IReadOnlyList<MessagePart> parts) => Context.Append(message, itemSequence, generations, parts);

    /// <summary>Replaces what is left to be done of a stored message; the ledger follows.</summary>
    /// <param name="before">The message's status until now, which the grain knows.</param>
    protected void SetParts(MessageReference message, MessageStatus before, IReadOnlyList<MessagePart> parts) =>
        Context.SetParts(message, before, parts);

    /// <summary>
    /// Stores what a plugin made of a message of this item; a record made of a later message of the item stays.
    /// </summary>
    protected void SetRecord(MessageReference message, RecordEffect record) => Context.SetRecord(message, record);

    /// <summary>Remembers what a stored message was counted in since it was accepted.</summary>
    protected void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> outcomes) =>
        Context.AddOutcomes(message, outcomes);

    /// <summary>
    /// The message accepted earlier under this external id, or null. The call's <see cref="INeeds"/> must name it.
    /// </summary>
    protected KnownMessage? Find(ExternalKey key) => Context.Find(key);

    /// <summary>Sets the reminder of this name, replacing one that is set.</summary>
    protected void SetReminder(string name, DateTimeOffset due, ReadOnlyMemory<byte> payload = default) =>
        Context.SetReminder(new ReminderRequest(name, due, 0, null, payload));

    /// <summary>Removes the reminder or activity of this name, if there is one.</summary>
    protected void ClearReminder(string name) => Context.ClearReminder(name);

    /// <summary>
    /// Asks for work outside the turn: the activity of type <paramref name="activity"/> starts as soon as the round is
    /// durable, or at <paramref name="due"/>, and its result comes back as <see cref="IActivityOwner.OnActivity"/>.
    /// </summary>
    /// <param name="local">
    /// Handed to the activity when it starts in this process without having been read back; not stored.
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
    /// The state as of this turn; <see cref="Initial"/>, which is not written, when the grain has none yet.
    /// </summary>
    protected TState State
    {
        get => state ?? (initial ??= Initial());
        set => state = value;
    }

    /// <summary>True when the grain has a state: one that was written, or one that this turn sets.</summary>
    protected bool HasState => state is not null;

    object? IStateful.State
    {
        get => state;
        set => state = (TState?)value;
    }

    /// <summary>The state of a grain that was never written.</summary>
    protected abstract TState Initial();
}

/// <summary>The engine's view of a grain's state; null when there is none.</summary>
public interface IStateful
{
    object? State { get; set; }
}

/// <summary>A grain that sets reminders.</summary>
public interface IReminderOwner
{
    /// <summary>
    /// Called when a reminder is due, never early. The reminder is gone unless the turn sets it again.
    /// </summary>
    ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload);
}

/// <summary>A grain that starts activities.</summary>
public interface IActivityOwner
{
    /// <summary>
    /// Called once per attempt with what the activity returned or with its error. The activity is over unless the turn
    /// starts it again. When the turn throws, or the database refuses what it asked for, it did not happen, and the
    /// owner is called again with that as the error; when that fails as well, it is kept as a failure.
    /// </summary>
    ValueTask OnActivity(string name, int attempt, ActivityResult result);
}

/// <summary>
/// What an activity came to: <see cref="Output"/> when <see cref="Error"/> is null. Output that is <see cref="INeeds"/>
/// says what the turn will touch.
/// </summary>
public sealed record ActivityResult(object? Output, string? Error)
{
    /// <summary>
    /// The code of the error of an activity with which alone the process ended: it was not run again.
    /// </summary>
    public const string EndedTheProcess = "ended_the_process";

    /// <summary>The payload that the activity was started with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>True for that error: started again by itself, the activity would end the process again.</summary>
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

/// <param name="Name">The owner's name for it.</param>
/// <param name="Local">
/// What its owner's turn handed over, or null when the activity was read back from the database.
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

/// <summary>What a turn can ask of the engine.</summary>
public interface ITurnContext
{
    RoundGrainId Id { get; }

    DateTimeOffset Now { get; }

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
