namespace Tributary;

/// <summary>One aggregate: durable, mergeable measures of one (definition, group, window).</summary>
public interface IAggregateGrain : IGrainWithStringKey
{
    /// <summary>Adds to the aggregate. The calls of one round are merged into one.</summary>
    [MergeCalls]
    ValueTask Apply(AggregateDelta delta);
}

/// <summary>What is to be added to an aggregate; immutable unless it was forked.</summary>
public sealed class AggregateDelta : IMergeable<AggregateDelta>
{
    public long Count { get; private set; } = 1;

    public AggregateDelta Fork() => new() { Count = Count };

    public void Absorb(AggregateDelta other) => Count += other.Count;
}
