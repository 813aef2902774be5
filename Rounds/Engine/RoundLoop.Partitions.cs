using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Loading;
using Tributary.Rounds.Partitions;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>
/// How partitions come and go. Takes and gives are effects of rounds. No turn of a partition begins before its take is
/// durable and its deferred calls are read, nor after its give was requested. A partition is given in a round that
/// holds nothing of it, behind all rounds that do.
/// </summary>
internal sealed partial class RoundLoop
{
    // Deferred rows read at a time.
    private const int DeferredPageCount = 250;

    private readonly Partitioner partitioner;
    private readonly PartitionTable partitions;
    private readonly DeferredCalls deferred;

    // Requests that wait for partitions to come or go.
    private readonly List<PartitionChange> changes = [];

    // Calls of partitions that are being taken.
    private readonly Queue<Input> parked = new();

    public SiloId Silo => silo;

    /// <summary>Partitions whose turns run here, at about this moment. From any thread.</summary>
    public int PartitionsCount => hasEnded ? 0 : partitions.HereCount;

    /// <summary>From any thread.</summary>
    public PartitionState StateOf(PartitionId partition) =>
        hasEnded ? PartitionState.Gone : partitions.StateOf(partition);

    /// <summary>
    /// Takes partitions; returns those that are here, or null when the incarnation has ended. From any thread.
    /// </summary>
    public Task<IReadOnlyList<PartitionId>?> TakeAsync(IReadOnlyList<PartitionId> wanted) =>
        ChangeAsync(new PartitionChange(wanted), partitions.Take);

    /// <summary>
    /// Gives partitions; completes when the gives are durable, or with null when the incarnation has ended. From any
    /// thread.
    /// </summary>
    public Task<IReadOnlyList<PartitionId>?> GiveAsync(IReadOnlyList<PartitionId> unwanted) =>
        ChangeAsync(new PartitionChange(unwanted), partitions.Give);

    /// <summary>Another silo has left calls for partitions of this one. From any thread.</summary>
    public void LookForCalls() => Post(deferred.Want);

    /// <summary>Another silo has left these rows. From any thread.</summary>
    public void TakeCalls(IReadOnlyList<DeferredCall> rows) => Post(() =>
    {
        foreach (var row in rows)
        {
            if (!isStopping && deferred.AddHinted(row))
                ready.Enqueue(NewInput(row));
        }
    });

    private async Task<IReadOnlyList<PartitionId>?> ChangeAsync(PartitionChange change, Action<PartitionChange> begin)
    {
        lock (changes)
            changes.Add(change);
        Post(() => begin(change));
        // Either this sees that the incarnation has ended, or the end of the incarnation sees the change.
        if (hasEnded)
            EndChanges();
        var answer = await change.Answer;
        lock (changes)
            changes.Remove(change);
        return answer;
    }

    // Ends the requests of an incarnation that has ended: the next one is asked.
    private void EndChanges()
    {
        lock (changes)
        {
            foreach (var change in changes)
                change.End();
        }
    }

    /// <summary>True when the input does not run now: it waits for its partition, or belongs to another silo.</summary>
    private bool IsElsewhere(Input input)
    {
        if (partitions.HasAll && input.Tenure == 0)
            return false;
        var partition = input.PartitionIn(partitioner);
        if (rules.IsHere(partitions, partition)
            && (input.Tenure == 0 || rules.IsOfTenure(input.Tenure, partitions.TenureOf(partition))))
            return false;
        if (input is Call && partitions.StateOf(partition) == PartitionState.Taking)
        {
            loader.Forget(input);
            parked.Enqueue(input);
            return true;
        }

        SendAway(input, partition);
        return true;
    }

    // Nothing of the input has happened. An input without a caller is stored, and the owner of the partition reads it.
    private void SendAway(Input input, PartitionId partition)
    {
        var elsewhere = new PartitionElsewhereException(partition);
        if (input is AgainInput again)
            failed.Refuse(again.Row.Id, elsewhere);
        else
            input.Refuse(elsewhere);
        loader.Forget(input);
        Took(input);
    }

    // Applies the takes and gives of a durable round.
    private void KeepChanges(Round durable, RoundEnd.Durable end)
    {
        if (durable.Gives.Count > 0)
            Drop(durable.Gives);
        if (durable.Takes.Count == 0)
            return;
        var taken = end.Taken.ToDictionary(row => row.Partition);
        foreach (var partition in durable.Takes)
        {
            if (!taken.TryGetValue(partition, out var row))
            {
                partitions.Missed(partition);
                continue;
            }

            lives.Took(row, end.DatabaseTime);
            partitions.Taken(partition);
        }

        if (taken.Count > 0)
            deferred.Want();
        ReleaseParked();
        loop.Wake();
    }

    // The give is durable, and so is every round that held anything of the partition: memory drops it.
    private void Drop(List<PartitionId> given)
    {
        var gone = new PartitionSet();
        foreach (var partition in given)
            gone.Add(partition);
        if (rules.Forgets(gone))
        {
            // Inputs that wait for other needs as well are sent away when these have come.
            Loader.Wake(activations.Drop(gone), woken);
            Loader.Wake(externalIds.Drop(gone), woken);
        }

        reminders.Change(gone);
        foreach (var partition in given)
        {
            deferred.Drop(partition);
            partitions.Given(partition);
        }

        loop.Wake();
    }

    private void BeginDeferredRead()
    {
        // A silo that stops makes no call that it has not begun. It still reads for partitions that are being taken,
        // because calls wait for them.
        if ((isStopping && !partitions.HasReading) || refusal is not null
            || !deferred.TryBeginRead(clock.Now, out var of, out var tenures))
            return;
        var opened = partitions.Reading();
        StartBeside(async () =>
        {
            var rows = new List<DeferredCall>();
            var bytes = 0L;
            Snapshot? snapshot = null;
            DeferredPage page;
            do
            {
                var after = rows.Count == 0 ? 0 : rows[^1].Sequence;
                page = await RetryAsync(
                    "read deferred calls",
                    () => store.ReadDeferredCallsAsync(of, after, DeferredPageCount, CancellationToken.None));
                rows.AddRange(page.Calls);
                bytes += page.Calls.Sum(static row => (long)row.Arguments.Length);
                // The pages behind the first one see what it saw, and more.
                snapshot ??= page.Snapshot;
            }
            while (page.Calls.Count == DeferredPageCount && bytes < options.MaxDeferredBytes);

            var hasMore = page.Calls.Count == DeferredPageCount;
            Post(() => EndDeferredRead(rows, snapshot, hasMore, tenures, opened));
        });
    }

    private void EndDeferredRead(
        List<DeferredCall> rows, Snapshot snapshot, bool hasMore, long[] tenures, List<PartitionId> opened)
    {
        // In front of the calls that wait for the partitions that open: the callers of deferred calls are durable
        // already.
        foreach (var call in deferred.EndRead(rows, snapshot, hasMore, tenures))
        {
            if (!isStopping)
                ready.Enqueue(NewInput(call));
        }

        if (opened.Count == 0)
            return;
        foreach (var partition in opened)
        {
            partitions.Open(partition);
            held.Add(partition);
        }

        LogOpened(opened.Count, partitions.HereCount, rows.Count);
        reminders.Change(new PartitionSet());
        ReleaseParked();
        loop.Wake();
    }

    // In their order, behind the ready inputs: inputs of partitions that are here run, and inputs of other silos are
    // sent away.
    private void ReleaseParked()
    {
        for (var left = parked.Count; left > 0; left--)
        {
            var input = parked.Dequeue();
            // The partition of a failed call is known only when its row is read.
            if (input is AgainCall ? partitions.HasTaking
                : partitions.StateOf(input.PartitionIn(partitioner)) == PartitionState.Taking)
                parked.Enqueue(input);
            else
                ready.Enqueue(input);
        }
    }

    // Takes the rows that a durable round left: calls to partitions that are here are made at once, and rows of other
    // silos are handed over.
    private void KeepDeferred(Round durable, long transaction)
    {
        List<DeferredCall>? elsewhere = null;
        for (var i = 0; i < durable.Deferred.Count; i++)
        {
            var left = durable.Deferred[i];
            var row = left.Row with { Sequence = RoundCommit.SequenceOf(transaction, i) };
            if (!partitions.IsHere(row.Partition))
            {
                (elsewhere ??= []).Add(row);
                // A partition that is being taken may have been read before this round was durable.
                if (partitions.StateOf(row.Partition) == PartitionState.Taking)
                    deferred.Want();
            }

            // A silo that stops leaves the calls to the next start, or calls that follow from calls could keep it
            // running for ever.
            else if (deferred.Add(row) && !isStopping)
            {
                ready.Enqueue(DeferredInput.Of(row, left, partitions.TenureOf(row.Partition), types));
            }
        }

        if (elsewhere is not null)
            callbacks.LeftElsewhere(elsewhere);
    }

    private DeferredInput NewInput(DeferredCall row) =>
        DeferredInput.Of(row, partitions.TenureOf(row.Partition), types);
}
