using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Writes and removals of this silo whose outcome nobody learned, by the version that their grain has still. When one
/// of them is found stored, the grain that made it goes on from it: it has not lost to another. Bounded; the oldest are
/// forgotten first, and their grains then see a conflict, read their states and go on.
/// </summary>
internal sealed class DoubtfulWrites
{
    private const int MaxGrainsCount = 10_000;
    private const int MaxVersionsCount = 16;

    private readonly Lock gate = new();

    // A removal is a version that is null.
    private readonly Dictionary<(GrainStateKey Key, Guid? Held), List<Guid?>> versions = [];
    private readonly Queue<(GrainStateKey Key, Guid? Held)> order = new();

    /// <param name="held">The version that the grain knows.</param>
    public void Add(GrainStateWrite write, Guid? held)
    {
        lock (gate)
        {
            if (!versions.TryGetValue((write.Key, held), out var known))
            {
                versions[(write.Key, held)] = known = [];
                order.Enqueue((write.Key, held));
                if (order.Count > MaxGrainsCount)
                    versions.Remove(order.Dequeue());
            }

            if (known.Count == MaxVersionsCount)
                known.RemoveAt(0);
            known.Add(write.State is null ? null : write.Version);
        }
    }

    /// <summary>
    /// True when a doubtful write of the grain that holds <paramref name="held"/> has left what is stored.
    /// </summary>
    /// <param name="stored">The stored version; null when there is no state.</param>
    public bool Explains(GrainStateKey key, Guid? held, Guid? stored)
    {
        lock (gate)
            return versions.TryGetValue((key, held), out var known) && known.Contains(stored);
    }
}
