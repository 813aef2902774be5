namespace Tributary.Storage.Generations;

/// <summary>The generations of definitions: which there are, which readers see, and which are given up.</summary>
public interface IGenerations
{
    /// <summary>
    /// Makes the configured definitions rows: a definition whose hash is new for its name gets the next generation; one
    /// that was there before and was not dropped is found again. The first generation of a name is live at once; a
    /// later one becomes so by <see cref="SwitchAsync"/>.
    /// Returns the generation of each proposal, in the order given.
    /// </summary>
    ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals, CancellationToken cancellation);

    /// <summary>All definitions ever registered, by id.</summary>
    ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes each of these the live generation of its name, all in one transaction. Returns all definitions as they are
    /// then, by id.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>: there is none with such an id; <c>generation_dropped</c>: it was given up. Nothing
    /// was switched.
    /// </exception>
    ValueTask<IReadOnlyList<DefinitionRow>> SwitchAsync(IReadOnlyList<int> ids, CancellationToken cancellation);

    /// <summary>
    /// Gives generations up for good, all in one transaction. Returns all definitions as they are then, by id.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>; <c>generation_live</c>: it is what readers see. Nothing was given up.
    /// </exception>
    ValueTask<IReadOnlyList<DefinitionRow>> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation);

    /// <summary>A position above every message that is committed now. It may lie above the horizon.</summary>
    ValueTask<Position> ReadEndAsync(CancellationToken cancellation);
}

/// <param name="Hash">Over the normalised definition; equal hashes are equal definitions.</param>
public sealed record DefinitionProposal(string Name, string Hash, ReadOnlyMemory<byte> Definition);

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
}
