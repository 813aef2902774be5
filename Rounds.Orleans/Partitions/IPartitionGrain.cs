using Orleans.Concurrency;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Held;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>A partition, as Orleans places it. Calls to its round grains from other processes go through it.</summary>
[Alias("tributary.partition")]
internal interface IPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Runs a request as a turn in this partition's rounds, and returns its outcome when the round is durable.
    /// </summary>
    /// <param name="target">A round grain of this partition.</param>
    /// <param name="request">The call as the reference made it.</param>
    /// <param name="cancellation">The caller's token.</param>
    [Alias("Run")]
    Task<Response> Run(RoundGrainId target, [Immutable] IInvokable request, CancellationToken cancellation);

    /// <summary>Runs a request for a caller that does not wait.</summary>
    [Alias("RunOneWay"), OneWay]
    Task RunOneWay(RoundGrainId target, [Immutable] IInvokable request);

    /// <summary>
    /// Another silo has left these rows of calls for this partition, and for others of the same silo: their owner makes
    /// them at once.
    /// </summary>
    [Alias("Take"), OneWay]
    Task Take([Immutable] HintedRow[] rows);

    /// <summary>Makes a failed call of this partition again: see <see cref="RoundEngine.MakeAgainAsync"/>.</summary>
    [Alias("MakeAgain")]
    Task<AgainResult> MakeAgain(Guid failure);

    /// <summary>How many partitions the database has; the same for every partition.</summary>
    [Alias("Count")]
    Task<int> Count();
}
