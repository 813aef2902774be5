using Tributary.Storage.Deliveries;

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

    /// <summary>A read of what is held or failed, for the engine.</summary>
    ReadHeld,
    Leave,

    /// <summary>Declaring a silo dead, or a look at who owns what.</summary>
    Membership,

    /// <summary>Any read for users, and any change of generations or external ids.</summary>
    Log,

    /// <summary>Any call of <see cref="IDeliveryStarts"/>.</summary>
    DeliveryStarts,

    /// <summary>A script or the commands of a plugin.</summary>
    PluginTables,
}

/// <summary>What becomes of an operation.</summary>
public enum StoreFate
{
    Proceed,

    /// <summary>Nothing happens; the caller sees a transient fault, and after a commit does not know.</summary>
    Fail,

    /// <summary>It happens, and the caller sees what it sees after <see cref="Fail"/>.</summary>
    LoseAnswer,

    /// <summary>
    /// A commit only: the caller sees a lost answer now, and the commit happens before a resolution reads the row.
    /// </summary>
    HappenLate,

    /// <summary>A commit only: refused for its data.</summary>
    Reject,

    /// <summary>A commit only: there is no room for it.</summary>
    Full,

    /// <summary>The process dies before it happens; see <see cref="InMemoryStore.Crash"/>.</summary>
    CrashBefore,

    /// <summary>The process dies after it happened.</summary>
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

    /// <summary>Awaited after an operation has touched the database and before its caller hears of it.</summary>
    ValueTask AfterAsync(StoreOperation operation);

    /// <summary>True for a body or a record that makes the database refuse its round.</summary>
    bool IsPoison(ReadOnlyMemory<byte> body);
}
