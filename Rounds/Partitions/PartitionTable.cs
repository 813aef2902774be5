namespace Tributary.Rounds.Partitions;

/// <summary>
/// The state of each partition in this incarnation, and the change that is wanted. A take or a give is first wanted,
/// then written by a round, and a fact when the round is durable. A round that never happened leaves its changes
/// wanted, so that takes and gives survive it. Each durable take begins a tenure, whose number no other take of the
/// incarnation has. Used by the loop only, except for <see cref="IsHere"/> and <see cref="StateOf"/>.
/// </summary>
internal sealed class PartitionTable
{
    private readonly Slot[] slots;

    // Changes that are wanted and in no round yet.
    private readonly SortedSet<int> takes = [];
    private readonly SortedSet<int> gives = [];
    private int readingCount;
    private int takingCount;

    public PartitionTable(int count)
    {
        slots = new Slot[count];
        for (var i = 0; i < count; i++)
            slots[i] = new Slot();
    }

    /// <summary>Partitions whose turns run here; from any thread.</summary>
    public int HereCount { get; private set; }

    /// <summary>True when every partition is here: then no partition needs a check.</summary>
    public bool HasAll { get; private set; }

    /// <summary>Counts durable takes and gives: an answer to a request under another number may be stale.</summary>
    public long Version { get; private set; }

    /// <summary>True when a take is durable and its partition does not run yet.</summary>
    public bool HasReading => readingCount > 0;

    /// <summary>True when a partition is being taken.</summary>
    public bool HasTaking => takingCount > 0;

    /// <summary>True when turns of the partition may run. From any thread.</summary>
    public bool IsHere(PartitionId partition) => StateOf(partition) == PartitionState.Here;

    /// <summary>From any thread.</summary>
    public PartitionState StateOf(PartitionId partition) =>
        (uint)partition.Value < (uint)slots.Length ? slots[partition.Value].State : PartitionState.Gone;

    /// <summary>The tenure that the durable take of the partition began; 0 while the partition is not owned.</summary>
    public long TenureOf(PartitionId partition) => slots[partition.Value].Tenure;

    /// <summary>True when the partition is here, and in that tenure.</summary>
    public bool IsIn(PartitionId partition, long tenure) => IsHere(partition) && TenureOf(partition) == tenure;

    /// <summary>The partitions are wanted: each comes out as here, or as owned by another silo.</summary>
    public void Take(PartitionChange change)
    {
        foreach (var partition in change.Partitions)
        {
            var slot = slots[partition.Value];
            slot.IsWanted = true;
            if (slot.State == PartitionState.Here)
            {
                change.Decide(partition, true);
                continue;
            }

            slot.Takers.Add(change);
            if (slot.State == PartitionState.Gone)
                Begin(partition, PartitionState.Taking, takes);
        }
    }

    /// <summary>Gives the partitions: none of their turns begins any more, and each is gone in the end.</summary>
    public void Give(PartitionChange change)
    {
        foreach (var partition in change.Partitions)
        {
            var slot = slots[partition.Value];
            slot.IsWanted = false;
            if (slot.State == PartitionState.Gone)
            {
                change.Decide(partition, true);
                continue;
            }

            slot.Givers.Add(change);
            if (slot.State == PartitionState.Here)
                Begin(partition, PartitionState.Giving, gives);
        }
    }

    /// <summary>True when a round that holds these partitions could take or give something.</summary>
    public bool HasChangesFor(PartitionSet held) =>
        takes.Count > 0 || gives.Any(id => !held.Contains(new PartitionId(id)));

    /// <summary>
    /// Puts the wanted changes into a round: all takes, and the gives of partitions that the round does not hold.
    /// </summary>
    public void Put(PartitionSet held, List<PartitionId> roundTakes, List<PartitionId> roundGives)
    {
        foreach (var id in takes)
            roundTakes.Add(new PartitionId(id));
        takes.Clear();
        foreach (var id in gives)
        {
            if (!held.Contains(new PartitionId(id)))
                roundGives.Add(new PartitionId(id));
        }

        foreach (var partition in roundGives)
            gives.Remove(partition.Value);
    }

    /// <summary>The round of these changes never happened: they go into the next round.</summary>
    public void Return(List<PartitionId> roundTakes, List<PartitionId> roundGives)
    {
        foreach (var partition in roundTakes)
            takes.Add(partition.Value);
        foreach (var partition in roundGives)
            gives.Add(partition.Value);
        roundTakes.Clear();
        roundGives.Clear();
    }

    /// <summary>The give is durable.</summary>
    public void Given(PartitionId partition)
    {
        Version++;
        // No tenure: an answer to a request of the ended tenure has no receiver.
        slots[partition.Value].Tenure = 0;
        End(partition);
        if (slots[partition.Value].IsWanted)
            Begin(partition, PartitionState.Taking, takes);
    }

    /// <summary>The take is durable and matched: a tenure begins. Turns run from <see cref="Open"/> on.</summary>
    public void Taken(PartitionId partition)
    {
        slots[partition.Value].Tenure = ++Version;
        slots[partition.Value].IsReading = true;
        readingCount++;
    }

    /// <summary>The take is durable and matched nothing: another silo owns the partition, and lives.</summary>
    public void Missed(PartitionId partition)
    {
        slots[partition.Value].IsWanted = false;
        End(partition);
    }

    /// <summary>The partitions that were taken and do not run yet.</summary>
    public List<PartitionId> Reading()
    {
        var reading = new List<PartitionId>();
        for (var i = 0; readingCount > 0 && i < slots.Length; i++)
        {
            if (slots[i].IsReading)
                reading.Add(new PartitionId(i));
        }

        return reading;
    }

    /// <summary>The partitions whose turns run here; null when these are all.</summary>
    public IReadOnlyList<PartitionId>? Here() => Those(static slot => slot.State == PartitionState.Here);

    /// <summary>
    /// The partitions whose turns run here, and those that were taken and do not run yet; null when these are all.
    /// </summary>
    public IReadOnlyList<PartitionId>? HereOrReading() =>
        Those(static slot => slot.State == PartitionState.Here || slot.IsReading);

    /// <summary>The present tenures, by partition.</summary>
    public long[] Tenures() => Array.ConvertAll(slots, static slot => slot.Tenure);

    /// <summary>Turns of the partition run from now on, unless it was asked back meanwhile.</summary>
    public void Open(PartitionId partition)
    {
        var slot = slots[partition.Value];
        slot.IsReading = false;
        readingCount--;
        Set(slot, PartitionState.Here);
        var isAskedBack = slot.Givers.Count > 0;
        // The partition was requested again after it was asked back: it goes and comes, and its requesters wait for
        // that.
        if (!isAskedBack || !slot.IsWanted)
        {
            foreach (var taker in slot.Takers)
                taker.Decide(partition, true);
            slot.Takers.Clear();
        }

        if (isAskedBack)
            Begin(partition, PartitionState.Giving, gives);
    }

    private List<PartitionId>? Those(Func<Slot, bool> isAmong)
    {
        var those = new List<PartitionId>(slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            if (isAmong(slots[i]))
                those.Add(new PartitionId(i));
        }

        return those.Count == slots.Length ? null : those;
    }

    // Requesters that wait for the partition hear that it did not come, unless it is to come again.
    private void End(PartitionId partition)
    {
        var slot = slots[partition.Value];
        Set(slot, PartitionState.Gone);
        foreach (var giver in slot.Givers)
            giver.Decide(partition, true);
        slot.Givers.Clear();
        if (slot.IsWanted)
            return;
        foreach (var taker in slot.Takers)
            taker.Decide(partition, false);
        slot.Takers.Clear();
    }

    private void Begin(PartitionId partition, PartitionState state, SortedSet<int> wanted)
    {
        Set(slots[partition.Value], state);
        wanted.Add(partition.Value);
    }

    private void Set(Slot slot, PartitionState state)
    {
        HereCount += (state == PartitionState.Here ? 1 : 0) - (slot.State == PartitionState.Here ? 1 : 0);
        takingCount += (state == PartitionState.Taking ? 1 : 0) - (slot.State == PartitionState.Taking ? 1 : 0);
        HasAll = HereCount == slots.Length;
        slot.State = state;
    }

    private sealed class Slot
    {
        private volatile PartitionState state;

        public PartitionState State
        {
            get => state;
            set => state = value;
        }

        /// <summary>True when the last request was a take.</summary>
        public bool IsWanted { get; set; }

        /// <summary>True from the durable take until its deferred calls are read.</summary>
        public bool IsReading { get; set; }

        public long Tenure { get; set; }

        public List<PartitionChange> Takers { get; } = [];

        public List<PartitionChange> Givers { get; } = [];
    }
}
