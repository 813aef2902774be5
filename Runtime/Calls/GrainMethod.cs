using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace Tributary.Runtime.Calls;

/// <summary>One method of a grain interface: how it is called, and what the engine must know of it.</summary>
public abstract class GrainMethod
{
    private static readonly ConcurrentDictionary<(Type Interface, MethodInfo Method), GrainMethod> Compiled = new();

    private readonly Type[] parameterTypes;

    protected GrainMethod(MethodInfo method)
    {
        Name = method.Name;
        parameterTypes = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Merger = method.IsDefined(typeof(MergeCallsAttribute)) ? Merger.For(method) : null;
    }

    public string Name { get; }

    /// <summary>True when calls of this method are reads.</summary>
    public bool IsReadOnly { get; }

    /// <summary>How one-way calls of this method are combined, or null.</summary>
    public Merger? Merger { get; }

    /// <summary>Runs the method as a turn and throws what it threw; a result, if any, is dropped.</summary>
    public abstract void InvokeOneWay(RoundGrain grain, object?[] arguments);

    /// <summary>A call from outside, whose <see cref="Call.Task"/> the caller awaits.</summary>
    internal abstract Call NewCall(RoundGrainId target, object?[] arguments);

    /// <summary>What a one-way call returns to the turn that makes it.</summary>
    internal abstract object OneWayResult { get; }

    internal byte[] WriteArguments(object?[] arguments, JsonSerializerOptions json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            for (var i = 0; i < arguments.Length; i++)
                JsonSerializer.Serialize(writer, arguments[i], parameterTypes[i], json);
            writer.WriteEndArray();
        }

        return stream.ToArray();
    }

    internal object?[] ReadArguments(ReadOnlySpan<byte> arguments, JsonSerializerOptions json)
    {
        var values = new object?[parameterTypes.Length];
        using var document = JsonDocument.Parse(arguments.ToArray());
        for (var i = 0; i < values.Length; i++)
            values[i] = document.RootElement[i].Deserialize(parameterTypes[i], json);
        return values;
    }

    // Compiled once in the process, however many silos it has.
    internal static GrainMethod Of(Type grainInterface, MethodInfo method) =>
        Compiled.GetOrAdd((grainInterface, method), static key => Compile(key.Interface, key.Method));

    private static GrainMethod Compile(Type grainInterface, MethodInfo method)
    {
        if (method.ReturnType == typeof(ValueTask))
            return new GrainMethod<Nothing>(grainInterface, method);

        if (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            var closed = typeof(GrainMethod<>).MakeGenericType(method.ReturnType.GetGenericArguments()[0]);
            return (GrainMethod)Activator.CreateInstance(closed, grainInterface, method)!;
        }

        throw new ArgumentException(
            $"{grainInterface.Name}.{method.Name} returns {method.ReturnType.Name}; a grain method returns ValueTask or ValueTask<T>.");
    }
}

/// <summary>The result of a method that has none.</summary>
public readonly record struct Nothing;

/// <summary>A grain method with its result type.</summary>
public sealed class GrainMethod<TResult> : GrainMethod
{
    private static readonly object Completed = new ValueTask();

    private readonly Func<RoundGrain, object?[], ValueTask<TResult>>? invoke;
    private readonly Func<RoundGrain, object?[], ValueTask>? invokeWithoutResult;

    public GrainMethod(Type grainInterface, MethodInfo method)
        : base(method)
    {
        var grain = Expression.Parameter(typeof(RoundGrain));
        var arguments = Expression.Parameter(typeof(object?[]));
        var parameters = method.GetParameters();
        var converted = new Expression[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
            converted[i] = Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), parameters[i].ParameterType);
        var call = Expression.Call(Expression.Convert(grain, grainInterface), method, converted);
        if (method.ReturnType == typeof(ValueTask))
            invokeWithoutResult = Expression.Lambda<Func<RoundGrain, object?[], ValueTask>>(call, grain, arguments).Compile();
        else
            invoke = Expression.Lambda<Func<RoundGrain, object?[], ValueTask<TResult>>>(call, grain, arguments).Compile();
    }

    internal override object OneWayResult =>
        typeof(TResult) == typeof(Nothing) ? Completed : Box(ValueTask.FromException<TResult>(new InvalidOperationException(
            "A turn does not wait: the result of a call to another grain is not available inside a turn. Send the call one-way and let the other grain call back.")));

    public override void InvokeOneWay(RoundGrain grain, object?[] arguments) => Invoke(grain, arguments);

    internal override Call NewCall(RoundGrainId target, object?[] arguments) => new Call<TResult>(target, this, arguments);

    /// <summary>Runs the method as a turn: it must have completed when it returns.</summary>
    internal TResult Invoke(RoundGrain grain, object?[] arguments)
    {
        if (invoke is null)
        {
            var done = invokeWithoutResult!(grain, arguments);
            if (!done.IsCompleted)
                throw DidNotComplete();
            done.GetAwaiter().GetResult();
            return default!;
        }

        var task = invoke(grain, arguments);
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw DidNotComplete();
    }

    private static object Box(ValueTask<TResult> task) => task;

    private TributaryException DidNotComplete() => new(
        "turn_did_not_complete",
        $"The grain method {Name} had not completed when it returned. Turns do not wait: start an activity for work that takes time.");
}
