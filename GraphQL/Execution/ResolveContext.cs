using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>The arguments, object and services of a field for its resolver.</summary>
public sealed class ResolveContext
{
    private readonly Executor executor;
    private readonly FieldPlan plan;
    private readonly ResultNode parent;
    private readonly int index;

    internal ResolveContext(
        Executor executor, FieldPlan field, ResultNode parent, int index, object? source, InputObject arguments)
    {
        this.executor = executor;
        plan = field;
        this.parent = parent;
        this.index = index;
        Source = source;
        Arguments = arguments;
    }

    /// <summary>The object that the field belongs to; null at the roots.</summary>
    public object? Source { get; }

    public InputObject Arguments { get; }

    public Schema Schema => executor.Scope.Schema;

    /// <summary>The value that the host put into <see cref="GraphQLRequest.State"/>.</summary>
    public object? State => executor.State;

    /// <summary>Cancelled when the caller is gone or the operation exceeds its time limit.</summary>
    public CancellationToken CancellationToken => executor.CancellationToken;

    /// <summary>Response keys and indices from the root.</summary>
    public IReadOnlyList<object> Path => parent.PathTo(index);

    /// <summary>
    /// True when the selection below this field contains a field of that name, or a chain of
    /// fields: <c>Selects("pageInfo", "hasNextPage")</c>. For an abstract type, the selection
    /// on its first possible type counts.
    /// </summary>
    public bool Selects(params ReadOnlySpan<string> names)
    {
        var current = plan;
        foreach (var name in names)
        {
            var type = executor.Scope.Schema.PossibleTypes(current.Definition.Type.Named).FirstOrDefault();
            if (type is null) return false;
            FieldPlan? found = null;
            foreach (var child in current.For(type, executor.Scope).Fields)
                if (child.Definition.Name == name) found = child;
            if (found is null) return false;
            current = found;
        }
        return true;
    }

    /// <summary>
    /// The loader of this request for <paramref name="identity"/>. It loads keys together that are requested while
    /// other fields are being resolved.
    /// </summary>
    public BatchLoader<TKey, TValue> Batch<TKey, TValue>(
        object identity,
        Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load)
        where TKey : notnull => executor.Batch(identity, this, load);
}
