using Orleans.Serialization.Invocation;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// Calls to round grains of this silo, on any way in: each passes the silo's incoming call filters once, and then waits
/// for its turn.
/// </summary>
internal sealed class IncomingCalls(
    RoundEngine engine, RoundGrainTypes types, IEnumerable<IIncomingGrainCallFilter> filters)
{
    // Without the filter that sent the call here.
    private readonly IIncomingGrainCallFilter[] filters =
        [.. filters.Where(static filter => filter is not ForwardingFilter)];

    /// <summary>True when calls may go to <see cref="Door"/> directly.</summary>
    public bool HasNoFilters => filters.Length == 0;

    /// <summary>The way into the rounds past the filters.</summary>
    public IRequestDoor Door => engine.Requests;

    /// <summary>See <see cref="RoundOptions.IsAlone"/>.</summary>
    public bool IsAlone => engine.IsAlone;

    /// <summary>True when turns of the grain run in this silo, at about this moment.</summary>
    public bool IsHere(RoundGrainId target) => engine.IsAlone || engine.IsHere(engine.PartitionOf(target));

    public int PartitionCount => engine.Facts.PartitionCount;

    /// <summary>Runs the request and returns its outcome; throws what the turn threw.</summary>
    public ValueTask<Response> RunAsync(RoundGrainId target, IInvokable request, CancellationToken cancellation) =>
        HasNoFilters
            ? Door.Invoke(target, request, cancellation)
            : RunFilteredAsync(target, request, cancellation);

    private async ValueTask<Response> RunFilteredAsync(
        RoundGrainId target, IInvokable request, CancellationToken cancellation)
    {
        var (hasRun, hasBounced) = (false, false);
        var call = new IncomingCall(target, types.ClassOf(target.Type), request, filters, async () =>
        {
            try
            {
                return await Door.Invoke(target, request, cancellation);
            }
            catch (PartitionElsewhereException)
            {
                hasBounced = true;
                throw;
            }
            finally
            {
                // After an error too: whether the turn ran is not always known.
                hasRun = !hasBounced;
            }
        });
        try
        {
            await call.Invoke();
        }
        catch (Exception error) when (hasRun && RoundRouter.HasNotRun(error))
        {
            // A filter's own call was refused, after the turn ran. Taken for a refusal of this call, the call would be
            // sent again.
            throw new InvalidOperationException(
                $"A call filter failed after {call.MethodName} had run: {error.Message}", error);
        }

        return call.Outcome();
    }
}
