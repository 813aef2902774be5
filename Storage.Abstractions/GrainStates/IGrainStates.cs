namespace Tributary.Storage.GrainStates;

/// <summary>
/// The states of ordinary Orleans grains, which are not part of rounds: each write names the version that it replaces,
/// and the version is the fence.
/// </summary>
public interface IGrainStates
{
    /// <summary>The states, in the order of the keys; null where there is none.</summary>
    /// <param name="keys">A key may be there more than once.</param>
    ValueTask<IReadOnlyList<StoredGrainState?>> ReadAsync(
        IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation);

    /// <summary>
    /// Writes those states in one transaction whose stored versions are the expected ones; durable when it returns.
    /// Safe to repeat after an unknown outcome: a write whose version is stored already counts as written.
    /// </summary>
    /// <param name="writes">
    /// At most one of a key. Locked in the order of the keys, so that silos do not deadlock.
    /// </param>
    /// <param name="isRepeat">
    /// True when the writes were tried before and may be stored: a state that is gone counts as removed.
    /// </param>
    /// <returns>The outcomes, in the order of the writes.</returns>
    ValueTask<IReadOnlyList<GrainStateOutcome>> WriteAsync(
        IReadOnlyList<GrainStateWrite> writes, bool isRepeat, CancellationToken cancellation);
}

/// <param name="Grain">The text of the grain's id, <c>type/key</c>.</param>
/// <param name="Name">The name of the state in its grain.</param>
public readonly record struct GrainStateKey(string Grain, string Name);

/// <summary>How the bytes of a state are to be read. The numbers are stored.</summary>
public enum GrainStateFormat
{
    /// <summary>Orleans' own binary format.</summary>
    Orleans = 1,

    /// <summary>A JSON document in UTF-8.</summary>
    Json = 2,
}

/// <param name="Version">Changes with each write.</param>
public sealed record StoredGrainState(Guid Version, GrainStateFormat Format, ReadOnlyMemory<byte> State);

/// <param name="Expected">The version that is replaced; null when there is no state yet.</param>
/// <param name="Version">The new version, made by the writer and never used before.</param>
/// <param name="State">Null removes the state.</param>
public sealed record GrainStateWrite(
    GrainStateKey Key, Guid? Expected, Guid Version, GrainStateFormat Format, ReadOnlyMemory<byte>? State);

/// <param name="IsWritten">False when another version than the expected one is stored.</param>
/// <param name="Stored">The version that is stored after this; null when there is no state.</param>
public readonly record struct GrainStateOutcome(bool IsWritten, Guid? Stored)
{
    /// <summary>The outcome of a write that matched no expected version.</summary>
    /// <param name="stored">The version that is stored; null when there is no state.</param>
    /// <param name="isRepeat">See <see cref="IGrainStates.WriteAsync"/>.</param>
    public static GrainStateOutcome OfUnmatched(GrainStateWrite write, Guid? stored, bool isRepeat)
    {
        var isMine = write.State is null
            ? stored is null && (isRepeat || write.Expected is null)
            : stored == write.Version;
        return new GrainStateOutcome(isMine, stored);
    }

    /// <summary>The outcome of a write that matched.</summary>
    public static GrainStateOutcome OfMatched(GrainStateWrite write) =>
        new(true, write.State is null ? null : write.Version);
}
