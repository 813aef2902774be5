namespace Tributary.Storage.InMemory.Rounds;

/// <summary>A row of <c>silos</c>.</summary>
internal sealed class InMemorySilo(SiloId id, string address)
{
    public SiloId Id { get; } = id;

    public string Address { get; } = address;

    public long Round { get; set; }

    public long Transaction { get; set; }

    public bool IsDead { get; set; }

    /// <summary>When a fold found the silo dead.</summary>
    public DateTimeOffset? DiedAt { get; set; }

    /// <summary>How many messages the silo has stored.</summary>
    public long AcceptedCount { get; set; }

    /// <summary>The version of the definitions that rounds must know at least.</summary>
    public long Definitions { get; set; }

    /// <summary>The ids of the definitions that the silo has; null while it has not declared them.</summary>
    public HashSet<int>? Declared { get; set; }

    /// <summary>The ids of the paths that the silo wants indexed.</summary>
    public HashSet<int> DeclaredPaths { get; set; } = [];

    public bool IsLeaving { get; set; }

    public bool IsCordoned { get; set; }

    /// <summary>
    /// True while the process that joined lives: stands for the advisory lock and the file lock of the databases.
    /// </summary>
    public bool IsHeld { get; set; } = true;

    /// <summary>
    /// Commits with messages that are not folded: first position, count, and the silo's total with them.
    /// </summary>
    public List<(long First, int Count, long Total)> Tallies { get; } = [];
}
