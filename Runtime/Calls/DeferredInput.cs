using Tributary.Runtime.Store;

namespace Tributary.Runtime.Calls;

/// <summary>A one-way call that an earlier, durable round left to be made.</summary>
internal sealed class DeferredInput(DeferredCall call, GrainTypes types) : Input(call.Target)
{
    public DeferredCall Call { get; } = call;

    public override void Run(Grain grain)
    {
        if (!types.TryGet(Target.Type, out var type) || type.Interface.FindMethod(Call.Method) is not { } method)
            throw new TributaryException("grain_method_unknown", $"The grain type '{Target.Type}' has no method '{Call.Method}' in this build.");
        method.InvokeOneWay(grain, method.ReadArguments(Call.Arguments.Span, types.ArgumentsJson));
    }

    public override InputOrigin Origin => new(Call.Method, Call.Arguments);
}
