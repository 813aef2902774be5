namespace Tributary.Storage;

/// <summary>Which generations readers see, and which are given up.</summary>
public interface IGenerations
{
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
