using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// A partition, as Orleans places it: calls of its round grains that are made in another process go to it.
/// </summary>
[Alias("tributary.partition")]
internal interface IPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Runs a request as a turn in this partition's rounds, and returns what it came to when its round is durable.
    /// </summary>
    /// <param name="target">A round grain of this partition.</param>
    /// <param name="request">The call as the reference made it.</param>
    /// <param name="cancellation">The caller's.</param>
    [Alias("Run")]
    Task<Response> Run(RoundGrainId target, [Immutable] IInvokable request, CancellationToken cancellation);

    /// <summary>The same for a caller that does not wait.</summary>
    [Alias("RunOneWay"), OneWay]
    Task RunOneWay(RoundGrainId target, [Immutable] IInvokable request);

    /// <summary>
    /// Makes sure that the partition is taken: by the activation, or again when its take was lost since. Returns
    /// whether its turns run in the silo of the activation.
    /// </summary>
    [Alias("Hold")]
    Task<bool> Hold();

    /// <summary>
    /// Another silo has left calls for this partition: its owner looks for them now, and not at its next look.
    /// </summary>
    [Alias("Look"), OneWay]
    Task Look();

    /// <summary>How many partitions the database has; the same for every partition.</summary>
    [Alias("Count")]
    Task<int> Count();
}
