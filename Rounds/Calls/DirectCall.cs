using System.Diagnostics.CodeAnalysis;

namespace Tributary.Rounds.Calls;

/// <summary>A call of a grain in this process, without a reference: see <see cref="IRoundGrains.Call"/>.</summary>
internal sealed class DirectCall<TGrain, TArgument, TResult>(
    RoundGrainId target, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn,
    AnotherAnswer<TArgument, TResult>? again = null)
    : Call<TResult>(target, argument as INeeds, isReadOnly: false)
    where TGrain : class
{
    protected override TResult Turn(RoundGrain grain)
    {
        var task = turn((TGrain)(object)grain, argument);
        return task.IsCompleted
            ? task.GetAwaiter().GetResult() : throw RoundMethod.DidNotComplete(typeof(TGrain).Name);
    }

    protected override bool TryAgain(Exception error, [NotNullWhen(true)] out Task<TResult>? other)
    {
        other = null;
        return again?.Invoke(error, argument, out other) is true;
    }
}
