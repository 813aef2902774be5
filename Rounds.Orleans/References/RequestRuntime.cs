using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Orleans.References;

/// <summary>The runtime of references to round grains of one type: hands their requests over unchanged.</summary>
internal sealed class RequestRuntime(string grainType, IRequestSink sink) : IGrainReferenceRuntime
{
    public ValueTask<T?> InvokeMethodAsync<T>(
        GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        sink.Send<T>(grainType, reference, request)!;

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        sink.Send(grainType, reference, request);

    // Never called for round grains: an interface with a method that returns no task is refused when it is registered.
    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        throw new NotSupportedException($"{request.GetMethodName()} returns no task.");

    public object Cast(IAddressable grain, Type interfaceType) =>
        interfaceType.IsInstanceOfType(grain) ? grain : throw NoCast(interfaceType);

    /// <summary>The error of a cast of a round grain's reference to another interface.</summary>
    internal static InvalidCastException NoCast(Type interfaceType) =>
        new($"A round grain is called by its own interface, not by {interfaceType.Name}.");
}
