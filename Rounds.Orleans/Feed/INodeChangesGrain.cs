using Orleans.Concurrency;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// The changes that one silo hears of, its own and those of all others, for a client of the cluster. The key names the
/// client.
/// </summary>
[Alias("tributary.node-changes")]
internal interface INodeChangesGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Begins a session, whose number it returns when all silos that can be reached know the keys.
    /// </summary>
    [Alias("Open")]
    Task<long> Open([Immutable] WireKey[] keys);

    /// <inheritdoc cref="ISiloChanges.Change"/>
    [Alias("Change")]
    Task<bool> Change(long session, [Immutable] WireKey[] added, [Immutable] WireKey[] removed);

    /// <inheritdoc cref="ISiloChanges.Listen"/>
    [Alias("Listen")]
    Task<ChangeReport?> Listen(long session);
}
