using Tributary.Aggregates;

namespace Tributary.Grains.Aggregates;

/// <inheritdoc/>
public sealed class AggregateGrain : RoundGrain<AggregateState>, IAggregateGrain
{
    public const string GrainType = AggregateKey.GrainType;

    public ValueTask Apply(AggregateDelta delta)
    {
        State = State.Add(delta);
        return ValueTask.CompletedTask;
    }

    public ValueTask<AggregateState?> Read() => ValueTask.FromResult(HasState ? State : null);

    protected override AggregateState Initial() => AggregateState.Empty;
}
