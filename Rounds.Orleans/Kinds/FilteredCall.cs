using System.Reflection;
using System.Runtime.ExceptionServices;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// A call of a round grain on its way through call filters: each sees it once, in the order of registration.
/// </summary>
/// <param name="target">The grain that the call is for.</param>
/// <param name="request">The call.</param>
/// <param name="filterCount">How many filters there are.</param>
/// <param name="run">Makes the call, after the last filter.</param>
internal abstract class FilteredCall(
    RoundGrainId target, IInvokable request, int filterCount, Func<ValueTask<Response>> run) : IGrainCallContext
{
    private int stage;

    public IInvokable Request => request;

    /// <summary>The called grain, as far as this side knows it.</summary>
    public abstract object Grain { get; }

    /// <summary>Null: references do not know who calls them.</summary>
    public GrainId? SourceId => null;

    public GrainId TargetId => GrainId.Create(target.Type, target.Key);

    public GrainInterfaceType InterfaceType => GrainInterfaceType.Create(request.GetInterfaceName());

    public string InterfaceName => request.GetInterfaceName();

    public string MethodName => request.GetMethodName();

    public MethodInfo InterfaceMethod => request.GetMethod();

    public object? Result
    {
        get => Response is { Exception: null } response ? response.Result : null;
        set => Response = Response.FromResult(value);
    }

    public Response? Response { get; set; }

    /// <summary>
    /// Goes on to the next filter, and after the last filter to the grain; throws what the call threw.
    /// </summary>
    /// <exception cref="InvalidOperationException">A filter neither called this nor set a result.</exception>
    public async Task Invoke()
    {
        if (stage > filterCount)
            throw new InvalidOperationException($"A call filter of {MethodName} went on twice from the same place.");
        var at = stage++;
        try
        {
            if (at == filterCount)
            {
                Response = await run();
                return;
            }

            var name = await PassAsync(at);
            if (Response is null)
                throw new InvalidOperationException($"The call filter {name} neither went on nor set a result.");
        }
        finally
        {
            stage--;
        }
    }

    /// <summary>The outcome for the caller; throws what a filter set as the response's exception.</summary>
    public Response Outcome()
    {
        if (Response!.Exception is { } error)
            ExceptionDispatchInfo.Capture(error).Throw();
        return Response;
    }

    /// <summary>Lets the filter at this place see the call; returns its name.</summary>
    protected abstract ValueTask<string> PassAsync(int at);
}

/// <summary>A call on its way in: see <see cref="IncomingCalls"/>.</summary>
internal sealed class IncomingCall(
    RoundGrainId target, Type grainClass, IInvokable request, IIncomingGrainCallFilter[] filters,
    Func<ValueTask<Response>> run) : FilteredCall(target, request, filters.Length, run), IIncomingGrainCallContext
{
    /// <summary>The grain's class: the instance is the turn's, and no filter runs in a turn.</summary>
    public override object Grain => grainClass;

    /// <exception cref="NotSupportedException">Always: a round grain has no activation of Orleans.</exception>
    public IGrainContext TargetContext => throw new NotSupportedException(
        $"{TargetId} is a round grain: it has no activation, and so no context.");

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = grainClass.GetInterfaceMap(Request.GetInterfaceType());
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
        }
    }

    protected override async ValueTask<string> PassAsync(int at)
    {
        await filters[at].Invoke(this);
        return filters[at].GetType().Name;
    }
}

/// <summary>A call on its way out of a reference.</summary>
internal sealed class OutgoingCall(
    RoundGrainId target, object reference, IInvokable request, IOutgoingGrainCallFilter[] filters,
    Func<ValueTask<Response>> run) : FilteredCall(target, request, filters.Length, run), IOutgoingGrainCallContext
{
    public override object Grain => reference;

    /// <summary>Null: references do not know who calls them.</summary>
    public IGrainContext? SourceContext => null;

    protected override async ValueTask<string> PassAsync(int at)
    {
        await filters[at].Invoke(this);
        return filters[at].GetType().Name;
    }
}
