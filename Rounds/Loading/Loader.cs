using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Turns;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Loading;

/// <summary>
/// Loads the states and external ids that turns need, one step ahead of the turns: many inputs share one load, and one
/// load runs at a time. A write of a round never leaves memory before it is durable, and no turn writes a key that is
/// being loaded. So the result of a load never overwrites anything newer.
/// </summary>
/// <param name="hasUnscoped">See <see cref="Incarnation.HasUnscopedExternalIds"/>.</param>
internal sealed class Loader(
    RoundOptions options, Partitioner partitioner, PartitionTable partitions, Activations activations,
    ExternalIds externalIds, EngineRules rules, bool hasUnscoped)
{
    private readonly List<RoundGrainId> wanted = [];
    private LoadRequest pending = new();
    private LoadRequest? underWay;

    // For each key of the requests, in their order, the tenure of its partition in which the key was asked for.
    private Tenures pendingTenures = new([], []);
    private Tenures underWayTenures = new([], []);

    // For the keys that are being loaded: the place of a row of an earlier format, and the item that the row would be
    // about.
    private readonly Dictionary<(PartitionId, ExternalKey),
        ((PartitionId, ExternalKey) Key, string Item)> unscoped = [];

    public bool HasWork => underWay is not null || !IsEmpty(pending);

    /// <summary>
    /// True when the input's turn can run now, in <paramref name="target"/>. Otherwise the input waits here and comes
    /// out of <see cref="End"/>. When the input's needs cannot be determined, neither happens, and
    /// <paramref name="error"/> says why.
    /// </summary>
    public bool IsReady(Input input, out Activation? target, out Exception? error)
    {
        target = null;
        error = null;
        Unpin(input);
        input.MissingCount = 0;
        if (input.Needs is not { } needs)
        {
            target = Need(input.Target, isNew: false, isTarget: true, input);
            return input.MissingCount == 0;
        }

        bool isNew;
        (PartitionId, ExternalKey)? external;
        try
        {
            // The needs are code of the caller and may throw: they are read before anything is noted of the input.
            Collect(needs);
            isNew = needs.IsNewGrain;
            external = needs.External is { } key ? (partitioner.Of(input.Target), key) : null;
        }
        catch (Exception thrown)
        {
            error = thrown;
            return false;
        }

        target = Need(input.Target, isNew, isTarget: true, input);
        foreach (var grain in wanted)
            Need(grain, isNew: false, isTarget: false, input);
        if (external is { } scoped && !externalIds.IsLoaded(scoped, out var waiting, out var isFirst))
        {
            waiting.Add(input);
            input.MissingCount++;
            if (isFirst)
                Add(scoped, input.Target.Key, needs);
        }

        if (input.MissingCount == 0)
            return true;
        Pin(input, external);
        return false;
    }

    /// <summary>The input will not run: the grains and the external id that it kept in memory may leave.</summary>
    public void Forget(Input input) => Unpin(input);

    /// <summary>The next load to issue, or null when there is nothing to load or one is under way.</summary>
    public LoadRequest? TryBegin()
    {
        if (underWay is not null || IsEmpty(pending))
            return null;
        underWay = pending;
        pending = new LoadRequest();
        underWayTenures = pendingTenures;
        pendingTenures = new Tenures([], []);
        return underWay;
    }

    /// <summary>True when no further input should be looked at before the next load is issued.</summary>
    public bool IsFull => pending.States.Count + pending.ExternalIds.Count >= options.MaxLoadCount;

    /// <summary>Ends a load; inputs that miss nothing any more go to <paramref name="ready"/>.</summary>
    public void End(LoadResult result, Queue<Input> ready)
    {
        var request = underWay!;
        underWay = null;
        for (var i = 0; i < request.States.Count; i++)
        {
            var id = request.States[i].Grain;
            var isHere = activations.TryGet(id, out var activation);
            // The partition was given meanwhile: the row may be stale, and the inputs that waited were woken.
            if (!IsOf(underWayTenures.OfStates[i], isHere ? activation!.Partition : partitioner.Of(id), isHere))
                continue;
            if (!isHere)
                throw new InvalidOperationException($"The activation of {id} left while its state was on its way.");
            Lay(activation!, result);
            Wake(activation!.Waiting ?? [], ready);
            activation.Waiting = null;
        }

        for (var i = 0; i < request.ExternalIds.Count; i++)
        {
            var key = request.ExternalIds[i];
            var known = result.ExternalIds.GetValueOrDefault(key) ?? FindUnscoped(key, result);
            if (IsOf(underWayTenures.OfExternalIds[i], key.Partition, externalIds.Contains(key)))
                Wake(externalIds.Load(key, known), ready);
        }
    }

    /// <summary>
    /// The grains or external ids of these inputs left with their partition: the inputs wait for them no more.
    /// </summary>
    public static void Wake(IEnumerable<Input> waited, Queue<Input> ready)
    {
        foreach (var input in waited)
        {
            if (--input.MissingCount == 0)
                ready.Enqueue(input);
        }
    }

    private bool IsOf(long tenure, PartitionId partition, bool isHere) =>
        rules.IsOfTenure(tenure, partitions.TenureOf(partition), hasLeft: !isHere);

    private void Add((PartitionId Partition, ExternalKey Key) scoped, string item, INeeds needs)
    {
        pending.ExternalIds.Add(scoped);
        pendingTenures.OfExternalIds.Add(partitions.TenureOf(scoped.Partition));
        if (!hasUnscoped || needs.UnscopedExternal is not { } key)
            return;
        unscoped[scoped] = ((scoped.Partition, key), item);
        pending.UnscopedExternalIds.Add((scoped.Partition, key));
    }

    // A row of the earlier format may be about another item of the partition; then it says nothing about this item.
    private KnownMessage? FindUnscoped((PartitionId Partition, ExternalKey Key) scoped, LoadResult result) =>
        unscoped.Remove(scoped, out var old) && result.UnscopedExternalIds.TryGetValue(old.Key, out var known)
            && known.Item == old.Item
            ? known
            : null;

    private static void Lay(Activation activation, LoadResult result)
    {
        if (!result.States.TryGetValue(activation.Id, out var stored))
        {
            activation.Load(null);
            return;
        }

        try
        {
            activation.Load(activation.Type.Codec!.Read(stored.State.Span));
        }
        catch (Exception error)
        {
            // A codec may throw anything. The row stays as it is, and only this grain is held up.
            activation.FailLoad(UnreadableException.OfState(activation.Id, stored.Version, error));
        }
    }

    private void Collect(INeeds needs)
    {
        wanted.Clear();
        foreach (var grain in needs.Grains)
        {
            if (grain.Type is null || grain.Key is null)
                throw new ArgumentException("A call's needs name a grain without a type or key.");
            wanted.Add(grain);
        }
    }

    private Activation? Need(RoundGrainId id, bool isNew, bool isTarget, Input input)
    {
        var isHere = activations.TryGet(id, out var activation);
        // No turn can call a grain of a type that is not registered: there is nothing to load.
        if (!isHere && !activations.Knows(id.Type))
            return null;
        // A grain of another silo is not loaded here: the turn's call to it is left to that silo.
        if (!isHere && !isTarget && !partitions.HasAll && !partitions.IsHere(partitioner.Of(id)))
            return null;
        activation ??= activations.GetOrAdd(id, isNew);
        if (activation.IsLoaded)
        {
            if (isHere)
                activations.Touch(activation);
            return activation;
        }

        if (!isHere)
        {
            pending.States.Add((activation.Type.Table, id));
            pendingTenures.OfStates.Add(partitions.TenureOf(activation.Partition));
        }

        (activation.Waiting ??= []).Add(input);
        input.MissingCount++;
        return activation;
    }

    // A need that an input has found must not leave while the input waits for the rest, or two inputs could drive out
    // each other's needs for ever.
    private void Pin(Input input, (PartitionId Partition, ExternalKey Key)? external)
    {
        input.Pinned = new Pins([], external is { } scoped ? externalIds.Pin(scoped) : null);
        wanted.Add(input.Target);
        foreach (var grain in wanted)
        {
            if (activations.TryGet(grain, out var activation))
            {
                activation.PinsCount++;
                input.Pinned.Activations.Add(activation);
            }
        }

    }

    private void Unpin(Input input)
    {
        if (input.Pinned is not { } pinned)
            return;
        foreach (var activation in pinned.Activations)
            activation.PinsCount--;
        if (pinned.External is { } entry)
            entry.PinsCount--;
        input.Pinned = null;
    }

    private static bool IsEmpty(LoadRequest request) => request.States.Count == 0 && request.ExternalIds.Count == 0;

    private sealed record Tenures(List<long> OfStates, List<long> OfExternalIds);
}
