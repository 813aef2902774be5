using System.Reflection;

namespace Tributary.Runtime.Calls;

/// <summary>Where the calls of references go: into the inbox from outside, into the turn's effects from inside.</summary>
internal interface ICallSink
{
    /// <summary>Takes the call and returns the boxed ValueTask that the interface method returns.</summary>
    object Send(RoundGrainId target, GrainMethod method, object?[] arguments);
}

/// <summary>A typed reference to a grain: turns the interface's methods into calls.</summary>
public class GrainReference : DispatchProxy
{
    private ICallSink sink = null!;
    private GrainInterface type = null!;
    private RoundGrainId target;

    internal static TGrain Create<TGrain>(GrainInterface type, string key, ICallSink sink) where TGrain : class
    {
        ArgumentNullException.ThrowIfNull(key);
        var proxy = Create<TGrain, GrainReference>();
        var reference = (GrainReference)(object)proxy;
        reference.sink = sink;
        reference.type = type;
        reference.target = new RoundGrainId(type.Name, key);
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        sink.Send(target, type.Method(targetMethod!), args ?? []);
}
