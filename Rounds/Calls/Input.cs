using Tributary.Rounds.Loading;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Turns;

namespace Tributary.Rounds.Calls;

/// <summary>
/// Something that begins a turn: a call from outside, a due reminder, the result of an activity, a deferred call. A
/// round keeps its inputs until it is durable, so that a round that fails can run them again.
/// </summary>
internal abstract class Input(RoundGrainId target, INeeds? needs = null)
{
    public RoundGrainId Target { get; } = target;

    public INeeds? Needs { get; } = needs;

    /// <summary>
    /// The tenure of the partition in which the input was read from the database: in another it is not an input any
    /// more. 0 for what may run in any tenure.
    /// </summary>
    public virtual long Tenure => 0;

    // -1 until it is asked for: computed once, by the loop.
    private int partition = -1;

    /// <summary>The partition of the target.</summary>
    public PartitionId PartitionIn(Partitioner partitioner)
    {
        if (partition < 0)
            partition = partitioner.Of(Target).Value;
        return new PartitionId(partition);
    }

    /// <summary>
    /// What the input holds in memory, as it said when it came: asked once, so that what is added and taken off is the
    /// same.
    /// </summary>
    public int SizeBytes { get; } = Math.Max(needs?.SizeBytes ?? 0, 0);

    /// <summary>How many things this input waits for before its turn can run; the loop counts.</summary>
    public int MissingCount { get; set; }

    /// <summary>
    /// What stays in memory while this input waits for the rest of what it needs; null when it does not wait.
    /// </summary>
    public Pins? Pinned { get; set; }

    /// <summary>
    /// What a row in <c>failures</c> says of this input when its turn throws; null when somebody waits for the outcome
    /// and is told instead.
    /// </summary>
    public virtual InputOrigin? Origin => null;

    /// <summary>Runs the turn. Throws what the turn threw. May run again after a round that failed.</summary>
    public abstract void Run(RoundGrain grain);

    /// <summary>Keeps the error as this input's outcome, replacing an earlier outcome.</summary>
    public virtual void Fail(Exception exception)
    {
    }

    /// <summary>
    /// What is to run in the place of this input, whose turn did not happen because of <paramref name="error"/>; null
    /// when its failure is final.
    /// </summary>
    public virtual Input? Instead(Exception error) => null;

    /// <summary>
    /// True when the caller was told an error and waits no more; what is not in a round by then is dropped.
    /// </summary>
    public virtual bool IsAnswered => false;

    /// <summary>
    /// Tells whoever waits the error now, ahead of the round; nothing for inputs that nobody waits for.
    /// </summary>
    public virtual void Refuse(Exception error)
    {
    }

    /// <summary>
    /// Lets the outcome go to whoever waits for it. Called once, when the round that it saw is durable.
    /// </summary>
    /// <param name="answers">Takes callers along that may go on together.</param>
    public virtual void Release(Answers answers)
    {
    }
}

/// <summary>What an input that waits keeps in memory.</summary>
internal sealed record Pins(List<Activation> Activations, ExternalIds.Entry? External);

/// <param name="Method">The grain's method.</param>
/// <param name="Arguments">Its arguments as they are stored.</param>
internal sealed record InputOrigin(string Method, ReadOnlyMemory<byte> Arguments);
