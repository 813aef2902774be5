using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Binding;

/// <summary>Returns the value of a field. A task that is already completed costs no more than a call.</summary>
public delegate ValueTask<object?> FieldResolver(ResolveContext context);

/// <summary>
/// The source of a field's value: a getter that needs the object alone, a resolver, or a stream of events.
/// </summary>
internal sealed record FieldBinding(Type ResultType, string Origin)
{
    /// <summary>Synchronous and without arguments: the fast path.</summary>
    public Func<object, object?>? Getter { get; init; }

    public FieldResolver? Resolver { get; init; }

    /// <summary>Asks a loader of the request to fill the place, without a task per object.</summary>
    public Action<Executor, Place, object>? Batch { get; init; }

    /// <summary>Only for fields of the subscription root.</summary>
    public Func<ResolveContext, IAsyncEnumerable<object?>>? Stream { get; init; }
}
