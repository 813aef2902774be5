using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Binding;

/// <summary>
/// The CLR side of a schema: CLR types, resolvers, codecs of scalars. A field without a resolver reads the property of
/// the same name, whatever its case. The engine checks all bindings against the schema when it is created.
/// </summary>
public sealed class SchemaBindings
{
    internal Dictionary<string, ObjectBinding> Objects { get; } = [];

    internal Dictionary<string, ScalarCodec> Scalars { get; } = [];

    internal Dictionary<string, Type> Enums { get; } = [];

    internal Dictionary<string, Func<object, string>> TypeResolvers { get; } = [];

    /// <summary>Binds an object type to the CLR type of its values. A repeated call returns the same binding.</summary>
    /// <exception cref="ArgumentException">The type is bound to another CLR type already.</exception>
    public ObjectBinding<TSource> Object<TSource>(string type)
    {
        if (!Objects.TryGetValue(type, out var binding)) Objects[type] = binding = new ObjectBinding<TSource>(type);
        return binding as ObjectBinding<TSource>
            ?? throw new ArgumentException(
                $"Type {type} is bound to {binding.ClrType.Name} already, not to {typeof(TSource).Name}.",
                nameof(type));
    }

    /// <summary>Binds a root type, or another type whose resolvers do not use their object.</summary>
    public ObjectBinding<object> Object(string type) => Object<object>(type);

    /// <summary>
    /// Names the object type of a value of an interface or union. Only needed where the CLR type of the value does not
    /// tell: by default a value has the object type that its CLR type is bound to.
    /// </summary>
    public SchemaBindings Abstract(string name, Func<object, string> typeName)
    {
        TypeResolvers[name] = typeName;
        return this;
    }

    public SchemaBindings Scalar(string name, ScalarCodec codec)
    {
        Scalars[name] = codec;
        return this;
    }

    /// <summary>
    /// Binds an enum. Members have the names of the schema, or the same in Pascal case: IN_PROGRESS is InProgress.
    /// </summary>
    public SchemaBindings Enum<TEnum>(string name) where TEnum : struct, Enum
    {
        Enums[name] = typeof(TEnum);
        return this;
    }
}

/// <summary>The bound fields of one object type.</summary>
public abstract class ObjectBinding(string name, Type clrType)
{
    public string Name { get; } = name;

    public Type ClrType { get; } = clrType;

    internal Dictionary<string, FieldBinding> Fields { get; } = [];

    /// <summary>True when the field has a resolver of its own.</summary>
    public bool HasField(string field) => Fields.ContainsKey(field);
}

/// <summary>Binds the fields of one object type whose values are <typeparamref name="TSource"/>.</summary>
public sealed class ObjectBinding<TSource>(string name) : ObjectBinding(name, typeof(TSource))
{
    /// <summary>A field that is computed from its object alone.</summary>
    public ObjectBinding<TSource> Field<TResult>(string field, Func<TSource, TResult> get) =>
        Add(field, new FieldBinding(typeof(TResult), Origin(field)) { Getter = source => get((TSource)source) });

    /// <summary>A field that needs arguments or services but does not wait.</summary>
    public ObjectBinding<TSource> Field<TResult>(string field, Func<TSource, ResolveContext, TResult> get) =>
        Add(
            field,
            new FieldBinding(typeof(TResult), Origin(field))
            {
                Resolver = context => new ValueTask<object?>(get((TSource)context.Source!, context)),
            });

    /// <summary>A field that may wait. The fields of one object wait together.</summary>
    public ObjectBinding<TSource> FieldAsync<TResult>(
        string field, Func<TSource, ResolveContext, ValueTask<TResult>> get) =>
        Add(field, new FieldBinding(typeof(TResult), Origin(field))
        {
            Resolver = context =>
            {
                var task = get((TSource)context.Source!, context);
                return task.IsCompletedSuccessfully ? new ValueTask<object?>(task.Result) : Slow(task);
            },
        });

    /// <summary>
    /// A field whose values are loaded together for all objects of the request: one call of <paramref name="load"/>
    /// takes up to <see cref="GraphQLOptions.MaxBatchKeys"/> keys. A key that its result lacks gives null.
    /// </summary>
    public ObjectBinding<TSource> Batch<TKey, TResult>(
        string field,
        Func<TSource, TKey> key,
        Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TResult>>> load)
        where TKey : notnull
    {
        var identity = new object();
        return Add(field, new FieldBinding(typeof(TResult), Origin(field))
        {
            Batch = (executor, place, source) =>
            {
                if (key((TSource)source) is { } id)
                {
                    var loader = executor.FindBatch<TKey, TResult>(identity)
                        ?? executor.Batch(identity, executor.ContextOf(place, source), load);
                    loader.LoadInto(id, place);
                    return;
                }
                executor.Expect();
                executor.Complete(place, null, null);
            },
        });
    }

    /// <summary>A field of the subscription root. Disposing the stream's enumerator ends the subscription.</summary>
    public ObjectBinding<TSource> Stream<TEvent>(
        string field, Func<ResolveContext, IAsyncEnumerable<TEvent>> subscribe) =>
        Add(field, new FieldBinding(typeof(TEvent), Origin(field)) { Stream = context => Box(subscribe(context)) });

    private static async IAsyncEnumerable<object?> Box<TEvent>(IAsyncEnumerable<TEvent> events)
    {
        await foreach (var item in events) yield return item;
    }

    private static async ValueTask<object?> Slow<TResult>(ValueTask<TResult> task) => await task;

    private string Origin(string field) => $"the resolver of {Name}.{field}";

    private ObjectBinding<TSource> Add(string field, FieldBinding binding)
    {
        if (!Fields.TryAdd(field, binding))
            throw new ArgumentException($"{Name}.{field} has a resolver already.", nameof(field));
        return this;
    }
}
