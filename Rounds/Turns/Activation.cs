using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Turns;

/// <summary>
/// A grain in memory: its instance, its state as of the last turn, and its state as of the last durable round.
/// </summary>
internal sealed class Activation(RoundGrainId id, RoundGrainType type, PartitionId partition, bool isLoaded)
{
    public RoundGrainId Id { get; } = id;

    public RoundGrainType Type { get; } = type;

    public PartitionId Partition { get; } = partition;

    private RoundGrain? instance;

    // The state while there is no instance.
    private object? held;

    /// <summary>Made by the first turn that needs it, so that a constructor that throws fails that turn.</summary>
    public RoundGrain Instance => instance ?? Create();

    /// <summary>False while the state is on its way from the store; no turn runs until then.</summary>
    public bool IsLoaded { get; private set; } = isLoaded;

    /// <summary>
    /// Set when the stored state could not be read: no turn runs, and inputs without a caller are held.
    /// </summary>
    public UnreadableException? LoadError { get; private set; }

    /// <summary>True when a row of this grain exists or is in a round on its way.</summary>
    public bool Exists { get; set; }

    /// <summary>
    /// The last round that wrote this grain; the activation stays in memory until that round is durable.
    /// </summary>
    public long DirtyRound { get; set; }

    /// <summary>Inputs that wait for the state.</summary>
    public List<Input>? Waiting { get; set; }

    /// <summary>Calls of this round that were merged and not applied yet.</summary>
    public object? Merged { get; set; }

    public RoundMethod? MergedMethod { get; set; }

    /// <summary>The oldest origin of the merged calls.</summary>
    public long MergedOrigin { get; set; }

    /// <summary>Waiting inputs that need this grain besides others.</summary>
    public int PinsCount { get; set; }

    public Activation? Older { get; set; }

    public Activation? Newer { get; set; }

    public object? State
    {
        get => instance is null ? held : (instance as IStateful)?.State;
        set
        {
            if (instance is null)
                held = value;
            else if (instance is IStateful stateful)
                stateful.State = value;
        }
    }

    private object? DurableState { get; set; }

    private bool DurableExists { get; set; }

    /// <summary>
    /// True while the grain has had only one call, the one that its key was made for. Such a grain leaves as soon as it
    /// is durable, before it grows old and costs the garbage collector more than its turn cost.
    /// </summary>
    public bool IsOnlyForNow { get; set; }

    public bool CanLeave => IsLoaded && DirtyRound == 0 && PinsCount == 0 && Merged is null;

    /// <summary>Sets the loaded state as the durable state of the activation.</summary>
    public void Load(object? state)
    {
        IsLoaded = true;
        DurableState = state;
        DurableExists = Exists = state is not null;
        State = state;
    }

    public void FailLoad(UnreadableException error)
    {
        IsLoaded = true;
        LoadError = error;
    }

    /// <summary>The round that wrote <paramref name="state"/> is durable.</summary>
    public void Commit(long round, object state)
    {
        DurableState = state;
        DurableExists = true;
        if (DirtyRound == round)
            DirtyRound = 0;
    }

    /// <summary>Goes back to the last durable state: the writes of later rounds never happened.</summary>
    public void Revert()
    {
        State = DurableState;
        Exists = DurableExists;
        DirtyRound = 0;
        Merged = null;
        MergedMethod = null;
        MergedOrigin = 0;
    }

    /// <summary>
    /// Drops the instance and goes back to the state before the turn. A turn that was refused while it still ran may go
    /// on somewhere, on an instance that no later turn uses.
    /// </summary>
    public void Renew(object? state)
    {
        instance?.Attach(null);
        instance = null;
        held = state;
    }

    private RoundGrain Create()
    {
        var created = Type.Create();
        if (created is IStateful stateful)
            stateful.State = held;
        held = null;
        return instance = created;
    }
}
