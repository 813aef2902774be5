using Tributary.Storage.Deliveries;
using Tributary.Storage.GrainStates;

namespace Tributary.Storage.InMemory;

/// <summary>The operations of a store that faults can meet.</summary>
public enum StoreCall
{
    Open,
    Join,
    Commit,
    Resolve,
    Check,
    Load,
    ReadReminders,
    NoteStarts,
    ReadDeferredCalls,

    /// <summary>A read of held work or failures, for the engine.</summary>
    ReadHeld,
    Leave,

    /// <summary>A declaration that a silo is dead, or a read of silos or of the owners of partitions.</summary>
    Membership,

    /// <summary>Any read for users, and any change of generations or external ids.</summary>
    Log,

    /// <summary>Any call of <see cref="IDeliveryStarts"/>.</summary>
    DeliveryStarts,

    /// <summary>Any call of <see cref="IGrainStates"/> or <see cref="IGrainReminders"/>.</summary>
    GrainStates,

    /// <summary>A script or the commands of a plugin.</summary>
    PluginTables,
}

/// <summary>The fate of an operation.</summary>
public enum StoreFate
{
    Proceed,

    /// <summary>
    /// Nothing happens; the caller sees a transient fault, and does not know the outcome of a commit.
    /// </summary>
    Fail,

    /// <summary>The operation happens, and the caller sees the same as after <see cref="Fail"/>.</summary>
    LoseAnswer,

    /// <summary>
    /// A commit only: the caller sees a lost answer now, and the commit happens before a resolution reads the row.
    /// </summary>
    HappenLate,

    /// <summary>A commit only: refused for its data.</summary>
    Reject,

    /// <summary>A commit only: there is no room for it.</summary>
    Full,

    /// <summary>
    /// A commit only: the fence lets it through although its silo was declared dead. No database does so; a check that
    /// relies on the fence is tried with this.
    /// </summary>
    PassFence,

    /// <summary>The process dies before the operation happens; see <see cref="InMemoryStore.Crash"/>.</summary>
    CrashBefore,

    /// <summary>The process dies after the operation happened.</summary>
    CrashAfter,
}

/// <param name="Number">From 1, over all operations of one store.</param>
/// <param name="CallNumber">From 1, over all operations of this kind of one store.</param>
public readonly record struct StoreOperation(StoreCall Call, long Number, long CallNumber);

/// <summary>
/// Decides over every operation of an <see cref="InMemoryStore"/>. The store has no time of its own: it takes as long
/// as these tasks take, so a simulation with virtual time controls it fully.
/// </summary>
public interface IStoreFaults
{
    /// <summary>Asked before an operation touches the database.</summary>
    ValueTask<StoreFate> BeforeAsync(StoreOperation operation);

    /// <summary>
    /// Awaited while the transaction of a commit is open, between its begin and what it writes. Others that begin later
    /// may end earlier meanwhile.
    /// </summary>
    ValueTask WhileOpenAsync(StoreOperation operation) => default;

    /// <summary>Awaited after an operation has used the database and before its caller learns the outcome.</summary>
    ValueTask AfterAsync(StoreOperation operation);

    /// <summary>True for a body or a record that makes the database refuse its round.</summary>
    bool IsPoison(ReadOnlyMemory<byte> body);
}
