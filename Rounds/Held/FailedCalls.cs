using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Storage.Failures;

namespace Tributary.Rounds.Held;

/// <summary>
/// Requests to make failed calls again. Of several requests for one failure the first is served. The others wait until
/// its round is durable; then the row is looked for again. So a call is made once, however many requests come at once.
/// Used by the loop only.
/// </summary>
internal sealed class FailedCalls(RoundOptions options, PartitionTable partitions, Partitioner partitioner)
{
    private readonly Dictionary<Guid, Queue<AgainCall>> byId = [];
    private readonly Queue<Guid> wanted = new();
    private List<Guid>? reading;
    private long version;

    public bool HasWork => byId.Count > 0;

    public void Want(AgainCall call)
    {
        if (byId.TryGetValue(call.Id, out var others))
        {
            others.Enqueue(call);
            return;
        }

        byId.Add(call.Id, new Queue<AgainCall>([call]));
        wanted.Enqueue(call.Id);
    }

    /// <summary>The failures to read next, or null when there are none or a read is under way.</summary>
    public IReadOnlyList<Guid>? TryBeginRead()
    {
        if (reading is not null || wanted.Count == 0)
            return null;
        reading = [];
        version = partitions.Version;
        while (reading.Count < options.MaxLoadCount && wanted.TryDequeue(out var id))
            reading.Add(id);
        return reading;
    }

    /// <summary>
    /// Ends a read: the rows found go to <paramref name="ready"/>, and requests without a row are answered.
    /// </summary>
    public void EndRead(IReadOnlyList<FailureRow> rows, RoundGrainTypes types, Queue<Input> ready)
    {
        if (version != partitions.Version)
        {
            // Partitions came or went meanwhile: another silo may have made some of these calls.
            foreach (var id in reading!)
                wanted.Enqueue(id);
            reading = null;
            return;
        }

        var found = rows.ToDictionary(row => row.Id);
        foreach (var id in reading!)
        {
            var asked = byId[id].Peek();
            if (!found.TryGetValue(id, out var row))
                Answer(id, AgainOutcome.NotFound);
            else if (row.Arguments.IsEmpty)
                Answer(id, AgainOutcome.Incomplete);
            else
                ready.Enqueue(new AgainInput(row, asked, types) { TenureOfRead = TenureOf(row) });
        }

        reading = null;
    }

    /// <summary>
    /// The failure is durably gone: its first request is answered, and the next request looks for the row itself.
    /// </summary>
    public void Commit(Guid id)
    {
        var waiting = byId[id];
        waiting.Dequeue();
        if (waiting.Count > 0)
            wanted.Enqueue(id);
        else
            byId.Remove(id);
    }

    /// <summary>Removes all requests: an incarnation that ends sends them back to where they came from.</summary>
    public IReadOnlyList<AgainCall> Clear()
    {
        var open = byId.Values.SelectMany(calls => calls).Where(call => !call.Answer.IsCompleted).ToList();
        byId.Clear();
        wanted.Clear();
        return open;
    }

    /// <summary>Another silo makes the call: the request here is told so.</summary>
    public void Refuse(Guid id, Exception error)
    {
        if (!byId.Remove(id, out var waiting))
            return;
        foreach (var call in waiting)
            call.Refuse(error);
    }

    // A tenure that never exists, when the partition is elsewhere.
    private long TenureOf(FailureRow row) =>
        partitions.TenureOf(partitioner.Of(row.Target)) is > 0 and var tenure ? tenure : -1;

    private void Answer(Guid id, AgainOutcome outcome)
    {
        byId.Remove(id, out var waiting);
        foreach (var call in waiting!)
            call.Tell(new AgainResult(id, outcome));
    }
}
