namespace Tributary.Rounds.Orleans.Feed;

/// <summary>What a node listens to: another silo, or, for a client of the cluster, all silos by way of one.</summary>
internal interface IChangeSource
{
    /// <inheritdoc cref="ISiloChanges.Open"/>
    Task<long> Open(WireKey[] keys);

    /// <inheritdoc cref="ISiloChanges.Change"/>
    Task<bool> Change(long session, WireKey[] added, WireKey[] removed);

    /// <inheritdoc cref="ISiloChanges.Listen"/>
    Task<ChangeReport?> Listen(long session);
}
