using Tributary.Storage.Rounds;

namespace Tributary.Storage.Generations;

/// <summary>
/// The generations of definitions: which there are, which readers see, which are fed, and which are given up; and the
/// indexed paths, which are fed with the values that messages hold there.
/// </summary>
/// <remarks>
/// Every change of what is fed is a new version. It is written to the rows of all living silos before it counts, so
/// that the fence (<see cref="IPartitionStore.CommitAsync"/>) refuses rounds of an earlier version, and a generation or
/// a path is fed from one position on whichever silos store messages.
/// </remarks>
public interface IGenerations
{
    /// <summary>
    /// Says which definitions a silo has, and which paths it wants indexed; it replaces what the silo said before. A
    /// definition whose hash is new for its name gets the next generation; one that was there before and was not
    /// dropped is found again. The first generation of a name is live at once; a later one becomes so by
    /// <see cref="SwitchAsync"/>. A path is fed while any living silo names it.
    /// Returns the generation of each proposal, in the order given; what is fed is as this silo needs it.
    /// </summary>
    /// <param name="indexedPaths">JSON pointers (RFC 6901), each once.</param>
    /// <exception cref="StoreException">
    /// <see cref="StoreFault.Fatal"/>: with these, the living silos would name more than
    /// <see cref="StoredDefinitions.MaxIndexedPathsCount"/> paths. Nothing was changed.
    /// </exception>
    ValueTask<IReadOnlyList<DefinitionRow>> DeclareAsync(
        SiloId silo, IReadOnlyList<DefinitionProposal> proposals, IReadOnlyList<string> indexedPaths,
        CancellationToken cancellation);

    /// <summary>All definitions ever declared, by id, and their version.</summary>
    ValueTask<StoredDefinitions> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Does what is due since silos came and went: see <see cref="StoredDefinitions.IsDue"/>. Returns all definitions
    /// as they are then.
    /// </summary>
    ValueTask<StoredDefinitions> ReviewAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes each of these the live generation of its name, all in one transaction. Returns all definitions as they are
    /// then.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>: there is none with such an id; <c>generation_dropped</c>: it was given up. Nothing
    /// was switched.
    /// </exception>
    ValueTask<StoredDefinitions> SwitchAsync(IReadOnlyList<int> ids, CancellationToken cancellation);

    /// <summary>
    /// Gives generations up for good, all in one transaction. Returns all definitions as they are then.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>; <c>generation_live</c>: it is what readers see. Nothing was given up.
    /// </exception>
    ValueTask<StoredDefinitions> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation);
}

/// <summary>All definitions at one moment.</summary>
/// <param name="Version">Rises with every change of what is fed.</param>
/// <param name="Rows">By id.</param>
/// <param name="IsDue">True when silos came or went, and what is fed must follow.</param>
public sealed record StoredDefinitions(long Version, IReadOnlyList<DefinitionRow> Rows, bool IsDue)
{
    /// <summary>
    /// The most paths that the living silos may name together: a message carries a value of each, on its way to its
    /// item as well.
    /// </summary>
    public const int MaxIndexedPathsCount = 64;

    /// <summary>
    /// The paths that are fed, by id: whoever makes a message extracts its values at all of them.
    /// </summary>
    public IReadOnlyList<IndexedPathRow> IndexedPaths { get; init; } = [];
}

/// <summary>A path whose values the index holds.</summary>
/// <param name="Id">A pointer has the same id for ever.</param>
/// <param name="Pointer">A JSON pointer (RFC 6901).</param>
public sealed record IndexedPathRow(int Id, string Pointer);

/// <param name="Hash">Over the normalised definition; equal hashes are equal definitions.</param>
public sealed record DefinitionProposal(string Name, string Hash, ReadOnlyMemory<byte> Definition)
{
    /// <summary>
    /// True when only a silo that has a plugin's code can add to it: it is fed while all living silos can.
    /// </summary>
    public bool NeedsCode { get; init; }
}

/// <param name="Id">Unique over all definitions and generations.</param>
/// <param name="Generation">From 1, per name.</param>
public sealed record DefinitionRow(
    int Id, string Name, int Generation, string Hash, ReadOnlyMemory<byte> Definition, DateTimeOffset CreatedAt)
{
    /// <summary>True for the generation of its name that readers see.</summary>
    public bool IsLive { get; init; }

    /// <summary>When readers first saw it; null when they never did.</summary>
    public DateTimeOffset? LivedAt { get; init; }

    /// <summary>
    /// When it was given up: nothing is added to it from then on, and it never becomes live. Null while it is kept.
    /// </summary>
    public DateTimeOffset? DroppedAt { get; init; }

    /// <inheritdoc cref="DefinitionProposal.NeedsCode"/>
    public bool NeedsCode { get; init; }

    /// <summary>True while messages are counted in it as they come.</summary>
    public bool IsFed { get; init; }

    /// <summary>
    /// Every message from this position on is counted in it by its own turn. Null while it is not fed, and for a moment
    /// after it began to be.
    /// </summary>
    public Position? FedFrom { get; init; }
}
