namespace Tributary.Rounds.Calls;

/// <summary>A call of a grain in this process, without a reference: see <see cref="IRoundGrains.Call"/>.</summary>
internal sealed class DirectCall<TGrain, TArgument, TResult>(
    RoundGrainId target, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn)
    : Call<TResult>(target, argument as INeeds, isReadOnly: false)
    where TGrain : class
{
    protected override TResult Turn(RoundGrain grain)
    {
        var task = turn((TGrain)(object)grain, argument);
        return task.IsCompleted
            ? task.GetAwaiter().GetResult() : throw RoundMethod.DidNotComplete(typeof(TGrain).Name);
    }
}
