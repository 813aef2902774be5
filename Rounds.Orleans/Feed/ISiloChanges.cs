using Orleans.Concurrency;
using Orleans.Services;
using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// The changes that rounds of one silo make, for the subscribers of another. A session lasts while its node listens;
/// what the silo keeps for it is bounded. A session that a silo does not know any more is begun again, with all keys.
/// </summary>
[Alias("tributary.silo-changes")]
internal interface ISiloChanges : IGrainService
{
    /// <summary>Begins a session, whose number it returns: from now on changes of these keys are kept for it.</summary>
    [Alias("Open")]
    Task<long> Open([Immutable] WireKey[] keys);

    /// <summary>Changes the keys of a session; false when there is no such session.</summary>
    [Alias("Change")]
    Task<bool> Change(long session, [Immutable] WireKey[] added, [Immutable] WireKey[] removed);

    /// <summary>
    /// What has happened since the last call. Waits for it, for a few seconds at most; null when there is no such
    /// session. A session is listened to by one call at a time.
    /// </summary>
    [Alias("Listen")]
    Task<ChangeReport?> Listen(long session);
}

/// <summary>A <see cref="WatchedKey"/> on its way.</summary>
[GenerateSerializer, Immutable, Alias("tributary.watched-key")]
internal readonly record struct WireKey([property: Id(0)] int Generation, [property: Id(1)] string Name)
{
    public static WireKey[] Of(IReadOnlyList<WatchedKey> keys) =>
        [.. keys.Select(static key => new WireKey(key.Generation, key.Name))];

    public WatchedKey ToKey() => new(Generation, Name);
}

/// <summary>What a silo tells a node.</summary>
/// <param name="IsCut">More has changed than the silo keeps: anything that the node watches may have changed.</param>
/// <param name="Items">The ids of watched items that changed.</param>
/// <param name="Aggregates">The keys of aggregates of watched groups that changed.</param>
[GenerateSerializer, Immutable, Alias("tributary.change-report")]
internal sealed record ChangeReport(
    [property: Id(0)] bool HasMessages, [property: Id(1)] bool HasFailures, [property: Id(2)] bool IsCut,
    [property: Id(3)] string[] Items, [property: Id(4)] string[] Aggregates);
