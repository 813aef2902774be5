using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>The call of a reference whose caller has a request context, or may cancel it.</summary>
internal sealed class AttendedCall<TResult> : RequestCall<TResult>
{
    private readonly KeyValuePair<string, object>[] context;
    private readonly CancellationTokenRegistration cancellation;

    /// <param name="context">What the turn finds in its <see cref="RequestContext"/>.</param>
    /// <param name="token">
    /// Cancels the call while it waits: the call is dropped and its caller told. A turn cannot be interrupted: when a
    /// round already holds the call, its effects become durable and only the caller is told.
    /// </param>
    public AttendedCall(
        RoundGrainId target, RoundMethod method, IInvokable request, TimeProvider time, TimeSpan defaultTimeout,
        KeyValuePair<string, object>[] context, CancellationToken token)
        : base(target, method, request, time, defaultTimeout)
    {
        this.context = context;
        // Registered last: from here on any thread may tell the call.
        cancellation = token.UnsafeRegister(
            static (state, token) =>
                ((AttendedCall<TResult>)state!).Refuse(new OperationCanceledException(token)), this);
    }

    public override void EndWatch() => cancellation.Unregister();

    protected override void Answered() => EndWatch();

    protected override TResult Turn(RoundGrain grain)
    {
        foreach (var (key, value) in context)
            RequestContext.Set(key, value);
        try
        {
            return base.Turn(grain);
        }
        finally
        {
            RequestContext.Clear();
        }
    }
}
