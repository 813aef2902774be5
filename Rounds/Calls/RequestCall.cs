using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>The result type of a method without a result.</summary>
internal readonly record struct Nothing;

/// <summary>
/// The call of a reference. <typeparamref name="TResult"/> is the result type of its method, <see cref="Nothing"/>, or
/// <see cref="Response"/> where this process does not know the result type.
/// </summary>
internal class RequestCall<TResult> : Call<TResult>
{
    private readonly IInvokable request;

    /// <param name="time">Measures the time that the caller waits.</param>
    /// <param name="defaultTimeout">How long the caller waits unless the method sets another time.</param>
    protected RequestCall(
        RoundGrainId target, RoundMethod method, IInvokable request, TimeProvider time, TimeSpan defaultTimeout)
        : base(target, method.NeedsOf(request), method.IsReadOnly)
    {
        this.request = request;
        var timeout = request.GetDefaultResponseTimeout() ?? defaultTimeout;
        Deadline = RoundEnvironment.MillisecondsOf(time)
            + (int)Math.Min(timeout.TotalMilliseconds, int.MaxValue / 2);
    }

    /// <summary>Makes a call; most calls have neither a context nor a token, and cost nothing for them.</summary>
    /// <param name="token">
    /// The caller's token. It is taken from the request before the turn, which replaces it by a token that the turn
    /// sees.
    /// </param>
    public static RequestCall<TResult> Of(
        RoundGrainId target, RoundMethod method, IInvokable request, TimeProvider time, TimeSpan defaultTimeout,
        CancellationToken token)
    {
        var context = RequestContext.Entries;
        return !token.CanBeCanceled && !context.Any()
            ? new RequestCall<TResult>(target, method, request, time, defaultTimeout)
            : new AttendedCall<TResult>(target, method, request, time, defaultTimeout, [.. context], token);
    }

    /// <summary>The inbox did not take the call: stops watching the token.</summary>
    public virtual void EndWatch()
    {
    }

    public override void EndIfLate(int milliseconds)
    {
        if (milliseconds - Deadline >= 0)
        {
            Refuse(new TimeoutException(
                $"The call of {request.GetMethodName()} of {Target} waited until its time was over "
                + "and was dropped: its turn did not run."));
        }
    }

    protected override TResult Turn(RoundGrain grain)
    {
        if (typeof(TResult) == typeof(Response))
            return (TResult)(object)RoundMethod.RunToResponse(grain, request);
        if (typeof(TResult) != typeof(Nothing))
            return RoundMethod.Run<TResult>(grain, request);
        RoundMethod.Run(grain, request);
        return default!;
    }

    protected override void Depart(TResult result)
    {
        if (result is Response { Result: IDeparting departing })
            departing.Depart();
        else
            base.Depart(result);
    }
}
