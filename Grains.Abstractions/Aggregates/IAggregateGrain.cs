using Orleans.Concurrency;

namespace Tributary.Aggregates;

/// <summary>One aggregate: durable, mergeable measures of one (definition, group, window).</summary>
[Alias("tributary.aggregate")]
public interface IAggregateGrain : IGrainWithStringKey
{
    /// <summary>Adds to the aggregate. The engine merges the calls of one round into one.</summary>
    [MergeCalls, Alias("Apply")]
    ValueTask Apply(AggregateDelta delta);

    /// <summary>The aggregate as of now, or null before the first addition.</summary>
    [ReadOnly, Alias("Read")]
    ValueTask<AggregateState?> Read();
}
