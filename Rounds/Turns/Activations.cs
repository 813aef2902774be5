using System.Diagnostics.CodeAnalysis;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Turns;

/// <summary>
/// The grains in memory. The least recently used grains leave first; a grain whose last write is not durable stays.
/// </summary>
internal sealed class Activations(RoundGrainTypes types, Partitioner partitioner, int capacity)
{
    private readonly Dictionary<RoundGrainId, Activation> byId = [];
    private Activation? oldest;
    private Activation? newest;

    public int Count => byId.Count;

    public bool TryGet(RoundGrainId id, [NotNullWhen(true)] out Activation? activation) =>
        byId.TryGetValue(id, out activation);

    /// <summary>True when grains of this type can be activated.</summary>
    public bool Knows(string type) => types.TryGet(type, out _);

    /// <summary>
    /// The activation of a grain, made if there is none. <paramref name="isNew"/> says that the grain cannot have
    /// state.
    /// </summary>
    public Activation GetOrAdd(RoundGrainId id, bool isNew)
    {
        if (byId.TryGetValue(id, out var activation))
        {
            activation.IsOnlyForNow = false;
            return activation;
        }

        if (!types.TryGet(id.Type, out var type))
            throw UnreadableException.OfType(id.Type);

        activation = new Activation(id, type, partitioner.Of(id), isNew || type.Codec is null) { IsOnlyForNow = isNew };
        byId.Add(id, activation);
        Append(activation);
        return activation;
    }

    /// <summary>Inputs that wait for states.</summary>
    public IEnumerable<Input> Waiting() => byId.Values.SelectMany(activation => activation.Waiting ?? []);

    /// <summary>
    /// Drops the grains of some partitions, all of which are durable; returns the inputs that waited for them.
    /// </summary>
    public List<Input> Drop(PartitionSet partitions)
    {
        var waited = new List<Input>();
        foreach (var activation in byId.Values.Where(activation => partitions.Contains(activation.Partition)).ToList())
        {
            if (activation.DirtyRound != 0 || activation.Merged is not null)
            {
                throw new InvalidOperationException(
                    $"Partition {activation.Partition} was given before its rounds were durable.");
            }

            waited.AddRange(activation.Waiting ?? []);
            Unlink(activation);
            byId.Remove(activation.Id);
        }

        return waited;
    }

    public void Touch(Activation activation)
    {
        activation.IsOnlyForNow = false;
        if (ReferenceEquals(newest, activation))
            return;
        Unlink(activation);
        Append(activation);
    }

    /// <summary>Drops a grain that is unlikely to be called again, if it can leave.</summary>
    public void Release(Activation activation)
    {
        if (!activation.CanLeave)
            return;
        Unlink(activation);
        byId.Remove(activation.Id);
    }

    /// <summary>
    /// Drops the least recently used grains until the capacity holds, as far as they are durable and no input waits for
    /// them.
    /// </summary>
    public void Trim()
    {
        var candidate = oldest;
        while (byId.Count > capacity && candidate is not null)
        {
            var next = candidate.Newer;
            if (candidate.CanLeave)
            {
                Release(candidate);
            }
            else if (candidate.DirtyRound != 0)
            {
                // All newer grains were used later, so that most of them are dirty too; the next trim goes on from
                // here.
                break;
            }

            candidate = next;
        }
    }

    private void Append(Activation activation)
    {
        activation.Older = newest;
        activation.Newer = null;
        if (newest is null)
            oldest = activation;
        else
            newest.Newer = activation;
        newest = activation;
    }

    private void Unlink(Activation activation)
    {
        if (activation.Older is null)
            oldest = activation.Newer;
        else
            activation.Older.Newer = activation.Newer;
        if (activation.Newer is null)
            newest = activation.Older;
        else
            activation.Newer.Older = activation.Older;
        activation.Older = activation.Newer = null;
    }
}
