using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Writes of this silo whose outcome nobody learned. When such a write is found stored, the grain that made it goes on
/// from it: it has not lost to another. Bounded; the oldest is forgotten first, and its grain then sees a conflict,
/// reads its state and goes on.
/// </summary>
internal sealed class DoubtfulWrites
{
    private const int MaxCount = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(GrainStateKey Key, Guid? Expected), Guid> versions = [];
    private readonly Queue<(GrainStateKey Key, Guid? Expected)> order = new();

    public void Add(GrainStateWrite write)
    {
        lock (gate)
        {
            if (!versions.ContainsKey((write.Key, write.Expected)))
                order.Enqueue((write.Key, write.Expected));
            versions[(write.Key, write.Expected)] = write.Version;
            if (order.Count > MaxCount)
                versions.Remove(order.Dequeue());
        }
    }

    /// <summary>
    /// True when the stored version is that of a doubtful write which replaced the version that
    /// <paramref name="write"/> expects.
    /// </summary>
    public bool Explains(GrainStateWrite write, Guid? stored)
    {
        if (stored is null)
            return false;
        lock (gate)
            return versions.TryGetValue((write.Key, write.Expected), out var version) && version == stored;
    }
}
