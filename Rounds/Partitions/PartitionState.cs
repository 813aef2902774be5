namespace Tributary.Rounds.Partitions;

/// <summary>The state of a partition in one silo. Only the engine decides it, whatever Orleans believes.</summary>
public enum PartitionState
{
    /// <summary>Not here: no turn of it runs.</summary>
    Gone,

    /// <summary>Its take is on its way, or durable while its deferred calls are being read; its calls wait.</summary>
    Taking,

    /// <summary>Its turns run here.</summary>
    Here,

    /// <summary>Its give is on its way: no turn of it begins any more, and its calls are sent elsewhere.</summary>
    Giving,
}
