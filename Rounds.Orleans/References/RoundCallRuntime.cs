using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Orleans.Kinds;

namespace Tributary.Rounds.Orleans.References;

/// <summary>The runtime of references to round grains in an Orleans host or client.</summary>
internal sealed class RoundCallRuntime(
    string grainType, RoundRouter router, IOutgoingGrainCallFilter[] filters) : IGrainReferenceRuntime
{
    public ValueTask<T?> InvokeMethodAsync<T>(
        GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        filters.Length == 0 && router.Straight is { } door
            ? door.Send<T?>(grainType, reference, request)
            : InvokeAsync<T>(reference, request);

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        filters.Length == 0 && router.Straight is { } door
            ? door.Send(grainType, reference, request)
            : InvokeAsync(reference, request, options);

    // Never called for round grains: an interface with a method that returns no task is refused when it is registered.
    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        throw new NotSupportedException($"{request.GetMethodName()} returns no task.");

    public object Cast(IAddressable grain, Type interfaceType) =>
        interfaceType.IsInstanceOfType(grain) ? grain : throw RequestRuntime.NoCast(interfaceType);

    private async ValueTask<T?> InvokeAsync<T>(GrainReference reference, IInvokable request) =>
        (await ResponseAsync(reference, request, InvokeMethodOptions.None)).GetResult<T>();

    private async ValueTask InvokeAsync(
        GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        _ = await ResponseAsync(reference, request, options);

    private async ValueTask<Response> ResponseAsync(
        GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        var target = new RoundGrainId(grainType, reference.GrainId.Key.ToString() ?? "");
        // Read first: the turn replaces the request's token.
        var cancellation = request.GetCancellationToken();
        if (filters.Length == 0)
            return await RunAsync(target, request, options, cancellation);
        var call = new OutgoingCall(
            target, reference, request, filters, () => RunAsync(target, request, options, cancellation));
        await call.Invoke();
        return call.Outcome();
    }

    private async ValueTask<Response> RunAsync(
        RoundGrainId target, IInvokable request, InvokeMethodOptions options, CancellationToken cancellation)
    {
        if (!options.HasFlag(InvokeMethodOptions.OneWay))
            return await router.InvokeAsync(target, request, cancellation);
        await router.InvokeOneWayAsync(target, request);
        return Response.Completed;
    }
}
