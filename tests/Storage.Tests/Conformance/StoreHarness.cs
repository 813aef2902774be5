using Tributary.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>One database of one kind, and stores over it.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    /// <summary>A store over the database that is not open yet, as a new process would make it.</summary>
    public abstract IStore NewStore();

    /// <summary>
    /// Writes what a version before schema version 5 left: <c>external_ids</c>. The database exists, and no store is
    /// open.
    /// </summary>
    public abstract Task LeaveUnscopedAsync(PartitionId partition, ExternalKey key, KnownMessage message, int day);

    /// <summary>How many rows tables hold that a fold keeps small.</summary>
    public abstract Task<FoldedRows> CountRowsAsync();

    /// <summary>Ends a store as the death of its process would: it does not leave.</summary>
    public virtual ValueTask CrashAsync(IPartitionStore store) => store.DisposeAsync();

    public abstract ValueTask DisposeAsync();
}

/// <param name="Tallies">Tallies that are not folded.</param>
/// <param name="Ledger">Rows of the ledger; in memory it has none per silo.</param>
public sealed record FoldedRows(
    long Silos, long Tallies, long FoldedTallies, long Ledger, long Declarations, long DeclaredPaths);
