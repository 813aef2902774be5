using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Tributary.Runtime.Calls;

/// <summary>The result of a method that has none.</summary>
internal readonly record struct Nothing;

/// <summary>
/// The call of a reference. <typeparamref name="TResult"/> is what its method returns, <see cref="Nothing"/>, or
/// <see cref="Response"/> where nobody here knows what that is.
/// </summary>
internal sealed class RequestCall<TResult> : Call<TResult>
{
    private readonly RoundMethod method;
    private readonly IInvokable request;
    private readonly List<KeyValuePair<string, object>>? context;
    private readonly long deadline;
    private readonly TimeSpan timeout;
    private CancellationTokenRegistration cancellation;

    /// <param name="time">Counts the time that the caller waits.</param>
    /// <param name="defaultTimeout">How long it waits unless the method says another time.</param>
    public RequestCall(
        RoundGrainId target, RoundMethod method, IInvokable request, TimeProvider time, TimeSpan defaultTimeout)
        : base(target, request.GetArgumentCount() == 1 ? request.GetArgument(0) : null, method.IsReadOnly)
    {
        this.method = method;
        this.request = request;
        timeout = request.GetDefaultResponseTimeout() ?? defaultTimeout;
        deadline = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
        foreach (var entry in RequestContext.Entries)
            (context ??= []).Add(entry);
    }

    /// <summary>True when the caller does not wait.</summary>
    public bool IsOneWay => method.IsOneWay;

    /// <summary>
    /// Lets the caller's token cancel the call. A call that waits is dropped and its caller told; a turn cannot be
    /// interrupted, so what a round holds already becomes durable, and only its caller is told.
    /// </summary>
    /// <param name="token">Taken from the request before its turn, which replaces it by one that the turn sees.</param>
    public void WatchCancellation(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            cancellation = token.UnsafeRegister(
                static (state, token) => ((RequestCall<TResult>)state!).Cancel(token), this);
        }
    }

    public override void EndIfLate(long timestamp)
    {
        if (timestamp >= deadline)
        {
            Refuse(new TimeoutException(
                $"The call of {method.Name} of {Target} waited for {timeout} and was dropped: its turn did not run."));
        }
    }

    protected override TResult Turn(RoundGrain grain)
    {
        if (context is null)
            return Invoke(grain);
        foreach (var (key, value) in context)
            RequestContext.Set(key, value);
        try
        {
            return Invoke(grain);
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    /// <summary>The call was not taken.</summary>
    public void EndWatch() => cancellation.Unregister();

    protected override void Answered() => EndWatch();

    protected override void Depart(TResult result)
    {
        if (result is Response { Result: IDeparting departing })
            departing.Depart();
        else
            base.Depart(result);
    }

    private TResult Invoke(RoundGrain grain)
    {
        if (typeof(TResult) == typeof(Response))
            return (TResult)(object)method.RunToResponse(grain, request);
        if (typeof(TResult) != typeof(Nothing))
            return method.Run<TResult>(grain, request);
        method.Run(grain, request);
        return default!;
    }

    private void Cancel(CancellationToken token) => Refuse(new OperationCanceledException(token));
}
