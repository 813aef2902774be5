using Orleans.Runtime;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// What an Orleans client knows of its connections to silos. Orleans' client goes on waiting for the answers that a
/// lost silo owed, until their time-out; callers of this class are told when a connection ends.
/// </summary>
/// <param name="time">Measures how long there has been no connection.</param>
public sealed class ClusterConnection(TimeProvider time) : IClusterConnectionStatusObserver
{
    /// <summary>The code of the error that no silo can be reached.</summary>
    public const string NoSilo = "no_silo";

    /// <summary>
    /// How long a call that must not be made twice is waited for after a connection ended: any silo may be the one that
    /// has it, and one that lives answers well within this time.
    /// </summary>
    public static readonly TimeSpan MaxDoubt = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long calls look for another silo when the last connection has ended: the client may not have been connected
    /// to those that live.
    /// </summary>
    public static readonly TimeSpan MaxSearchTime = TimeSpan.FromSeconds(2);

    private TaskCompletionSource loss = New();
    private int gatewaysCount;
    private long? downSince;

    /// <summary>
    /// True to refuse calls at once while no silo can be reached; false to look for a silo as long as a call lasts.
    /// </summary>
    public bool FailsFast { get; init; }

    /// <summary>True while a silo is connected.</summary>
    public bool IsConnected => Volatile.Read(ref gatewaysCount) > 0;

    /// <summary>True while a silo is connected, or was so a moment ago.</summary>
    public bool IsUp => IsConnected
        || (downSince is { } since && time.GetElapsedTime(since) < MaxSearchTime);

    /// <summary>A connection to a silo has ended, or the cluster has lost a silo.</summary>
    public void ReportLoss() => Interlocked.Exchange(ref loss, New()).TrySetResult();

    /// <exception cref="TributaryException"><c>no_silo</c>.</exception>
    public void ThrowIfDown()
    {
        if (FailsFast && !IsUp)
            throw Down();
    }

    /// <summary>The error <c>no_silo</c>.</summary>
    public static TributaryException Down() => new(
        NoSilo,
        "No silo of the cluster can be reached from here; allowed: the same request when one runs. What the database "
        + "holds can be read meanwhile.");

    /// <summary>The answer of a call, or the error that its silo may be lost.</summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="isRepeatable">True when the caller may make the call again although it may have run.</param>
    /// <exception cref="SiloUnavailableException">The call may have run, and is not answered any more.</exception>
    public async Task<T> AnswerOfAsync<T>(Func<Task<T>> call, bool isRepeatable)
    {
        // Read first: a connection that ends from here on may be the one that the call takes.
        var lost = Volatile.Read(ref loss).Task;
        var answer = call();
        if (answer.IsCompleted || await Task.WhenAny(answer, lost) == answer)
            return await answer;
        if (!isRepeatable)
            await Task.WhenAny(answer, Task.Delay(MaxDoubt, time));
        if (answer.IsCompleted)
            return await answer;
        answer.Ignore();
        throw new SiloUnavailableException("A connection to the cluster ended before the call was answered.");
    }

    void IClusterConnectionStatusObserver.NotifyClusterConnectionLost()
    {
        // The count of gateways says the same.
    }

    void IClusterConnectionStatusObserver.NotifyGatewayCountChanged(
        int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        if (currentNumberOfGateways == 0)
            downSince = time.GetTimestamp();
        Volatile.Write(ref gatewaysCount, currentNumberOfGateways);
        if (currentNumberOfGateways < previousNumberOfGateways)
            ReportLoss();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
