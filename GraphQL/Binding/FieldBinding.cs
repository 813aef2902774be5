using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Binding;

/// <summary>Gives the value of a field. Completed tasks cost no more than a call.</summary>
public delegate ValueTask<object?> FieldResolver(ResolveContext context);

/// <summary>
/// How one field gets its value: by a getter that needs nothing but the object, by a resolver, or as a stream of
/// events.
/// </summary>
internal sealed record FieldBinding(Type ResultType, string Origin)
{
    /// <summary>Synchronous and without arguments: the fast path.</summary>
    public Func<object, object?>? Getter { get; init; }

    public FieldResolver? Resolver { get; init; }

    /// <summary>Asks a loader of the request to fill the place; without a task per object.</summary>
    public Action<Executor, Place, object>? Batch { get; init; }

    /// <summary>Only for fields of the subscription root.</summary>
    public Func<ResolveContext, IAsyncEnumerable<object?>>? Stream { get; init; }
}
