using System.Runtime.CompilerServices;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Subscriptions;

/// <summary>
/// MapSourceToResponseEvent (spec section 6.2.3.2): executes each event separately, in the order of the source.
/// </summary>
internal static class EventStream
{
    public static async IAsyncEnumerable<ExecutionResult> MapSourceToResponse(
        Func<Executor> newExecutor,
        SelectionPlan plan,
        GraphQLOptions options,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        IAsyncEnumerator<object?>? source = null;
        var subscriber = newExecutor();
        GraphQLError? failed = null;
        try
        {
            source = subscriber.CreateSourceEventStream(plan, cancellation).GetAsyncEnumerator(cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            failed = Describe(failure, options);
        }
        if (failed is not null)
        {
            subscriber.Release();
            yield return ExecutionResult.Refused(failed);
            yield break;
        }
        try
        {
            while (true)
            {
                try
                {
                    if (!await source!.MoveNextAsync()) yield break;
                }
                catch (Exception failure) when (failure is GraphQLException || !cancellation.IsCancellationRequested)
                {
                    // A failed source ends the subscription: the subscriber learns the reason and may subscribe again.
                    failed = Describe(failure, options);
                }
                if (failed is not null)
                {
                    yield return ExecutionResult.Executed(null, [failed]);
                    yield break;
                }
                yield return await newExecutor().ExecuteEvent(plan, source!.Current);
            }
        }
        finally
        {
            await source!.DisposeAsync();
            subscriber.Release();
        }
    }

    private static GraphQLError Describe(Exception failure, GraphQLOptions options)
    {
        switch (failure)
        {
            case GraphQLException known:
                return known.Error;
            case CoercionException problem:
                return new GraphQLError(problem.Message, Code: ErrorCodes.BadInput);
            default:
                options.OnResolverFailure?.Invoke(failure);
                return new GraphQLError("The subscription failed.", Code: ErrorCodes.Internal);
        }
    }
}
