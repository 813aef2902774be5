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
    /// The tenure of the partition in which the input was read from the database: the input is void in any other
    /// tenure. 0 for an input that may run in any tenure.
    /// </summary>
    public virtual long Tenure => 0;

    // -1 until it is computed; computed once, by the loop.
    private int partition = -1;

    /// <summary>The partition, where it is known.</summary>
    protected PartitionId Partition
    {
        init => partition = value.Value;
    }

    /// <summary>The partition of the target.</summary>
    public PartitionId PartitionIn(Partitioner partitioner)
    {
        if (partition < 0)
            partition = partitioner.Of(Target).Value;
        return new PartitionId(partition);
    }

    /// <summary>
    /// Bytes that the input holds in memory. Asked once, when the input comes, so that the same number is added and
    /// taken off.
    /// </summary>
    public int SizeBytes { get; } = Math.Max(needs?.SizeBytes ?? 0, 0);

    /// <summary>
    /// How many states and external ids this input waits for before its turn can run; only the loop counts.
    /// </summary>
    public int MissingCount { get; set; }

    /// <summary>
    /// The grains and the external id that stay in memory while this input waits for the rest of its needs; null when
    /// it does not wait.
    /// </summary>
    public Pins? Pinned { get; set; }

    /// <summary>
    /// The method and arguments that a row in <c>failures</c> keeps when the turn of this input throws; null when a
    /// caller waits for the outcome and is told instead.
    /// </summary>
    public virtual InputOrigin? Origin => null;

    /// <summary>Runs the turn. Throws what the turn threw. May run again after a round that failed.</summary>
    public abstract void Run(RoundGrain grain);

    /// <summary>Keeps the error as this input's outcome, replacing an earlier outcome.</summary>
    public virtual void Fail(Exception exception)
    {
    }

    /// <summary>
    /// The input to run in the place of this one, whose turn did not happen because of <paramref name="error"/>; null
    /// when its failure is final.
    /// </summary>
    public virtual Input? Instead(Exception error) => null;

    /// <summary>
    /// True when the caller was told an error and does not wait any more; an input that is in no round by then is
    /// dropped.
    /// </summary>
    public virtual bool IsAnswered => false;

    /// <summary>Tells the caller the error now, ahead of the round; does nothing for inputs without a caller.</summary>
    public virtual void Refuse(Exception error)
    {
    }

    /// <summary>Hands the outcome to the caller. Called once, when the round that the outcome saw is durable.</summary>
    /// <param name="answers">Collects the callers that may go on together.</param>
    public virtual void Release(Answers answers)
    {
    }
}

/// <summary>The grains and the external id that a waiting input keeps in memory.</summary>
internal sealed record Pins(List<Activation> Activations, ExternalIds.Entry? External);

/// <param name="Method">The grain's method.</param>
/// <param name="Arguments">Its arguments as they are stored.</param>
internal sealed record InputOrigin(string Method, ReadOnlyMemory<byte> Arguments);
