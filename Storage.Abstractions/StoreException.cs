namespace Tributary.Storage;

/// <summary>Kinds of faults that a store reports.</summary>
public enum StoreFault
{
    /// <summary>May be gone at the next try: a lost connection, a time-out, a restart.</summary>
    Transient,

    /// <summary>Another process holds the database.</summary>
    Busy,

    /// <summary>The database cannot be used as it is: wrong version, missing rights, damaged.</summary>
    Fatal,

    /// <summary>The disk of the database is full: reads go on, and writes when there is room.</summary>
    Full,
}

/// <summary>A fault of a store, classified.</summary>
[GenerateSerializer, Alias("tributary.store-error")]
public sealed class StoreException(StoreFault fault, string message, Exception? inner = null)
    : TributaryException("store_" + fault.ToString().ToLowerInvariant(), message, inner)
{
    [Id(0)]
    public StoreFault Fault { get; } = fault;

    /// <summary>
    /// True when the same operation may succeed later, without anybody changing the program or its configuration.
    /// </summary>
    public bool IsPassing => Fault is StoreFault.Transient or StoreFault.Full;
}
