using System.Collections.Concurrent;
using Orleans.Serialization.Invocation;
using Tributary.Runtime.Calls;

namespace Tributary.Runtime.Hosting;

/// <summary>Makes calls from outside of references, and puts them into the inbox.</summary>
/// <param name="take">Puts a call into the inbox, or throws.</param>
internal sealed class OutsideCalls(
    RoundGrainTypes types, RoundOptions options, TimeProvider time, WorkClass workClass, Action<Input, WorkClass> take)
    : IRoundGrains, IRequestSink
{
    private readonly ConcurrentDictionary<Type, Func<string, object>> makers = new();

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(key);
        var maker = makers.GetOrAdd(typeof(TGrain), static (type, calls) => calls.MakerOf(type), this);
        return (TGrain)maker(key);
    }

    public ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn)
        where TGrain : class, IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(key);
        var target = new RoundGrainId(types.Interface(typeof(TGrain)).Name, key);
        var call = new DirectCall<TGrain, TArgument, TResult>(target, argument, turn);
        take(call, workClass);
        return call.Answer;
    }

    public ValueTask<TResult> Send<TResult>(string grainType, object reference, IInvokable request) =>
        Take<TResult>(grainType, reference, request).Answer;

    public ValueTask Send(string grainType, object reference, IInvokable request)
    {
        var call = Take<Nothing>(grainType, reference, request);
        return call.IsOneWay ? ValueTask.CompletedTask : call.Done;
    }

    private Func<string, object> MakerOf(Type grainInterface) => types.ReferencesOf(grainInterface, this);

    private RequestCall<TResult> Take<TResult>(string grainType, object reference, IInvokable request)
    {
        var method = types.InterfaceOf(grainType).Method(request);
        var target = new RoundGrainId(grainType, types.KeyOf(reference));
        var call = new RequestCall<TResult>(target, method, request, time, options.ResponseTimeout);
        call.WatchCancellation();
        try
        {
            take(call, workClass == WorkClass.Calls && method.IsReadOnly ? WorkClass.Reads : workClass);
        }
        catch
        {
            call.EndWatch();
            throw;
        }

        return call;
    }
}
