using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orleans.CodeGeneration;
using Orleans.Runtime.Messaging;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// Routes the calls of references to round grains: into the rounds of this process, or to the grain of the partition.
/// </summary>
/// <param name="grains">Reaches the grains of partitions.</param>
/// <param name="local">The rounds of this process; null in a client.</param>
/// <param name="connection">
/// The connections of a client; null in a silo, where Orleans ends calls to lost silos.
/// </param>
internal sealed partial class RoundRouter(
    IGrainFactory grains, TimeProvider time, ILogger<RoundRouter> logger, IncomingCalls? local = null,
    ClusterConnection? connection = null)
{
    /// <summary>
    /// A partition that moves is back within a quarter of a second, that of a killed silo within half a second. Each
    /// wait doubles up to the longest, which is short beside both.
    /// </summary>
    public static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(80));

    /// <summary>
    /// How often a call that met no owner is sent again: for about 30 seconds, and longer while hand-overs hang.
    /// </summary>
    public const int MaxAttemptsCount = 380;

    private Partitioner? partitioner;

    /// <summary>
    /// The way in when calls may go straight into the rounds of this process, because there are no filters and no
    /// partition is elsewhere; else null.
    /// </summary>
    public IRequestDoor? Straight => local is { HasNoFilters: true, IsAlone: true } ? local.Door : null;

    /// <summary>
    /// Makes a call and returns its outcome; throws what its turn threw. A call that met no owner has not happened, so
    /// it is sent again until it meets one. A read is sent again as well when its silo is lost.
    /// </summary>
    /// <exception cref="SiloLostException">
    /// The silo ended, or was silent for too long, before it answered a call that may change state.
    /// </exception>
    public async ValueTask<Response> InvokeAsync(
        RoundGrainId target, IInvokable request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            connection?.ThrowIfDown();
            if (local is not null && local.IsHere(target))
            {
                try
                {
                    return await local.RunAsync(target, request, cancellation);
                }
                catch (Exception error) when (error is TimeoutException or OperationCanceledException
                    && IsLost(error, cancellation))
                {
                    throw new SiloLostException(target);
                }
                catch (PartitionElsewhereException) when (attempt < MaxAttemptsCount)
                {
                    // It has moved since: the grain of the partition tells where.
                }
            }
            else if (await TryFarAsync(target, request, attempt, cancellation) is { } response)
            {
                // Thrown here, where no error of a turn is taken for one of Orleans.
                if (response.Exception is { } failure)
                    ExceptionDispatchInfo.Throw(failure);
                return response;
            }

            await Task.Delay(Retries.After(attempt), time, cancellation);
        }
    }

    // Null when the call has not run, and is to be made again.
    private async ValueTask<Response?> TryFarAsync(
        RoundGrainId target, IInvokable request, int attempt, CancellationToken cancellation)
    {
        try
        {
            var partition = await PartitionOfAsync(target);
            return connection is null
                ? await partition.Run(target, request, cancellation)
                : await connection.AnswerOfAsync(
                    () => partition.Run(target, request, cancellation), IsRead(request));
        }
        catch (SiloUnavailableException) when (attempt < MaxAttemptsCount && IsRead(request))
        {
            return null;
        }
        catch (Exception error) when (IsLost(error, cancellation))
        {
            // Not made again after a time-out either: that has taken the caller's patience already.
            throw new SiloLostException(target);
        }
        catch (Exception error) when (HasNotRun(error))
        {
            return attempt < MaxAttemptsCount ? null
                : throw new PartitionElsewhereException(await NumberOfAsync(target));
        }
    }

    /// <summary>
    /// True for errors of calls that the engine bounced, or that Orleans refused on the way to an activation: their
    /// turns have not run. Orleans hands on what it met there as it is, such as a grain directory that is not stable
    /// while silos come and go. A call to a silo that is lost may have run.
    /// </summary>
    public static bool HasNotRun(Exception error) =>
        error is PartitionElsewhereException
            or (OrleansException and not (SiloUnavailableException or ConnectionFailedException));

    /// <summary>
    /// True for errors that a turn or a call filter may throw as well as Orleans: thrown across a call of Orleans, they
    /// would say that the call has not run.
    /// </summary>
    public static bool IsAmbiguous(Exception error) => error is OrleansException or ObjectDisposedException;

    /// <summary>
    /// True for errors of calls whose outcome is unknown. Orleans throws them itself: it has no time left to wait for
    /// the answer, or to find the grain, or it cancels what waits for a silo that ends, whose services are gone then.
    /// </summary>
    /// <param name="cancellation">The caller's own.</param>
    public static bool IsLost(Exception error, CancellationToken cancellation) =>
        error is SiloUnavailableException or ConnectionFailedException or TimeoutException or ObjectDisposedException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static bool IsRead(IInvokable request) =>
        request is RequestBase { Options: var options } && options.HasFlag(InvokeMethodOptions.ReadOnly);

    /// <summary>Makes a call that nobody waits for.</summary>
    public async ValueTask InvokeOneWayAsync(RoundGrainId target, IInvokable request)
    {
        if (local is null || !local.IsHere(target))
            await (await PartitionOfAsync(target)).RunOneWay(target, request);
        else
            _ = RunOneWayAsync(local, target, request);
    }

    private async Task RunOneWayAsync(IncomingCalls calls, RoundGrainId target, IInvokable request)
    {
        try
        {
            await calls.RunAsync(target, request, CancellationToken.None);
        }
        catch (Exception error)
        {
            // No caller waits: this line is the only trace of the error.
            LogOneWayFailed(target, request.GetMethodName(), error);
        }
    }

    private async ValueTask<IPartitionGrain> PartitionOfAsync(RoundGrainId target) =>
        grains.GetGrain<IPartitionGrain>((await NumberOfAsync(target)).Value);

    private async ValueTask<PartitionId> NumberOfAsync(RoundGrainId target)
    {
        // The count is fixed when the database is created, so that one call is enough.
        partitioner ??= new Partitioner(await grains.GetGrain<IPartitionGrain>(0).Count());
        return partitioner.Of(target);
    }
}
