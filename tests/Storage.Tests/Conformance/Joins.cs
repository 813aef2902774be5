using Tributary.Storage.Generations;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Joins of stores, in fewer words.</summary>
internal static class Joins
{
    /// <summary>Joins as the only silo of the database.</summary>
    public static ValueTask<Incarnation> JoinAsync(
        this IPartitionStore store, string address, CancellationToken cancellation) =>
        store.JoinAsync(new JoinRequest(address), cancellation);

    /// <summary>Joins beside others.</summary>
    public static ValueTask<Incarnation> JoinBesideAsync(
        this IPartitionStore store, string address, CancellationToken cancellation) =>
        store.JoinAsync(new JoinRequest(address) { IsAlone = false }, cancellation);

    /// <summary>Joins as a silo of a cluster.</summary>
    public static ValueTask<Incarnation> JoinClusterAsync(
        this IPartitionStore store, string cluster, CancellationToken cancellation) =>
        store.JoinAsync(new JoinRequest("") { IsAlone = false, Cluster = cluster }, cancellation);

    /// <summary>Declares definitions, and no paths.</summary>
    public static ValueTask<IReadOnlyList<DefinitionRow>> DeclareAsync(
        this IGenerations generations, SiloId silo, IReadOnlyList<DefinitionProposal> proposals,
        CancellationToken cancellation) => generations.DeclareAsync(silo, proposals, [], cancellation);

    /// <summary>Reminders of all partitions.</summary>
    public static ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        this IPartitionStore store, ReminderMark after, DateTimeOffset until, int limit,
        CancellationToken cancellation) => store.ReadRemindersAsync(null, after, until, limit, cancellation);

    /// <summary>Deferred calls of all partitions.</summary>
    public static async ValueTask<IReadOnlyList<DeferredCall>> ReadDeferredCallsAsync(
        this IPartitionStore store, long after, int limit, CancellationToken cancellation) =>
        (await store.ReadDeferredCallsAsync(null, after, limit, cancellation)).Calls;
}
