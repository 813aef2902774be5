using Tributary.GraphQL;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using ApiErrors = Tributary.Api.Errors.ErrorCodes;

namespace Tributary.Api.GraphQL;

/// <summary>Binds fields whose errors keep their stable codes on the way to the caller.</summary>
internal static class Resolving
{
    /// <summary>Binds a field that may wait and may be refused.</summary>
    public static ObjectBinding<TSource> Ask<TSource, TResult>(
        this ObjectBinding<TSource> binding,
        string field,
        Func<TSource, ResolveContext, ValueTask<TResult>> get) => binding.FieldAsync(field, async (source, context) =>
        {
            try
            {
                return await get(source, context);
            }
            catch (TributaryException error) when (IsShown(error))
            {
                throw Shown(error);
            }
            catch (TimeoutException error)
            {
                throw new GraphQLException(new GraphQLError(error.Message, Code: ApiErrors.TimedOut));
            }
        });

    /// <summary>Binds a subscription that may be refused, at its begin or later.</summary>
    public static ObjectBinding<TSource> Feed<TSource, TEvent>(
        this ObjectBinding<TSource> binding,
        string field,
        Func<ResolveContext, IAsyncEnumerable<TEvent>> subscribe) => binding.Stream(field, context =>
        {
            try
            {
                return Show(subscribe(context), context.CancellationToken);
            }
            catch (TributaryException error) when (IsShown(error))
            {
                throw Shown(error);
            }
        });

    /// <summary>
    /// True when the error is meant for the caller; other errors are faults of the server and go to the log.
    /// </summary>
    public static bool IsShown(TributaryException error) => ApiErrors.Of(error.Code).Status != 500;

    /// <summary>True when the request is at fault, and not the state of the server.</summary>
    public static bool IsMistake(TributaryException error) => ApiErrors.Of(error.Code).Status < 500;

    public static GraphQLException Invalid(string message) => new(message, ErrorCodes.BadInput);

    private static GraphQLException Shown(TributaryException error) =>
        new(
            new GraphQLError(error.Message, Code: error.Code)
            {
                Extensions = error is OverloadedException overloaded
                    ? new Dictionary<string, object?>
                    {
                        ["retryAfterMs"] = (long)overloaded.RetryAfter.TotalMilliseconds,
                    }
                    : null,
            });

    private static async IAsyncEnumerable<TEvent> Show<TEvent>(
        IAsyncEnumerable<TEvent> events,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var source = events.GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await source.MoveNextAsync())
                    yield break;
            }
            catch (TributaryException error) when (IsShown(error))
            {
                throw Shown(error);
            }

            yield return source.Current;
        }
    }
}
