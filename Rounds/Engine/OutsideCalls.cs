using System.Collections.Concurrent;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Engine;

/// <summary>Turns the calls of references outside of turns into inputs, and puts them into the inbox.</summary>
/// <param name="take">Puts a call into the inbox, or throws.</param>
internal sealed class OutsideCalls(
    RoundGrainTypes types, RoundOptions options, TimeProvider time, WorkClass workClass, Action<Input, WorkClass> take)
    : IRoundGrains, IRequestDoor
{
    private readonly ConcurrentDictionary<Type, Func<string, object>> makers = new();
    private readonly KnownKeys keys = new(types.KeyOf);

    // The grain type that was called last: most callers call one type over and over.
    private volatile RoundInterface? last;

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(key);
        var maker = makers.GetOrAdd(typeof(TGrain), static (type, calls) => calls.MakerOf(type), this);
        return (TGrain)maker(key);
    }

    public ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn,
        AnotherAnswer<TArgument, TResult>? again = null)
        where TGrain : class, IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(key);
        var target = new RoundGrainId(types.Interface(typeof(TGrain)).Name, key);
        var call = new DirectCall<TGrain, TArgument, TResult>(target, argument, turn, again);
        take(call, workClass);
        return call.Answer;
    }

    public ValueTask<TResult> Send<TResult>(string grainType, object reference, IInvokable request) =>
        Take<TResult>(MethodOf(grainType, request), grainType, reference, request).Answer;

    public ValueTask Send(string grainType, object reference, IInvokable request)
    {
        var method = MethodOf(grainType, request);
        var call = Take<Nothing>(method, grainType, reference, request);
        return method.IsOneWay ? ValueTask.CompletedTask : call.Done;
    }

    private Func<string, object> MakerOf(Type grainInterface) => types.ReferencesOf(grainInterface, this);

    /// <summary>Makes a request that came from another process.</summary>
    /// <exception cref="UnreadableException">No such grain type is registered.</exception>
    public ValueTask<Response> Invoke(RoundGrainId target, IInvokable request, CancellationToken cancellation) =>
        types.TryGet(target.Type, out _)
            ? Take<Response>(MethodOf(target.Type, request), target, request, cancellation).Answer
            : throw UnreadableException.OfType(target.Type);

    private RoundMethod MethodOf(string grainType, IInvokable request)
    {
        var called = last;
        if (!ReferenceEquals(called?.Name, grainType))
            last = called = types.InterfaceOf(grainType);
        return called!.Method(request);
    }

    private RequestCall<TResult> Take<TResult>(
        RoundMethod method, string grainType, object reference, IInvokable request) =>
        Take<TResult>(method, new RoundGrainId(grainType, keys.Of(reference)), request, request.GetCancellationToken());

    private RequestCall<TResult> Take<TResult>(
        RoundMethod method, RoundGrainId target, IInvokable request, CancellationToken cancellation)
    {
        var call = RequestCall<TResult>.Of(
            target, method, request, time, options.ResponseTimeout, cancellation);
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
