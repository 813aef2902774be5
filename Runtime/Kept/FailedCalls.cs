using Tributary.Runtime.Calls;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Kept;

/// <summary>
/// Requests to make failed calls again. Of several for one failure the first is served and the others wait until its
/// round is durable;
/// then the row is looked for again. So a call is made once, however many ask at once. Used by the loop only.
/// </summary>
internal sealed class FailedCalls(RoundOptions options)
{
    private readonly Dictionary<Guid, Queue<AgainCall>> byId = [];
    private readonly Queue<Guid> wanted = new();
    private List<Guid>? reading;

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
        while (reading.Count < options.MaxLoadCount && wanted.TryDequeue(out var id))
            reading.Add(id);
        return reading;
    }

    /// <summary>
    /// Ends a read: what was found goes to <paramref name="ready"/>, and who asked for what is not there is told.
    /// </summary>
    public void EndRead(IReadOnlyList<FailureRow> rows, RoundGrainTypes types, Queue<Input> ready)
    {
        var found = rows.ToDictionary(row => row.Id);
        foreach (var id in reading!)
        {
            var asked = byId[id].Peek();
            if (!found.TryGetValue(id, out var row))
                Answer(id, AgainOutcome.NotFound);
            else if (row.Arguments.IsEmpty)
                Answer(id, AgainOutcome.Incomplete);
            else
                ready.Enqueue(new AgainInput(row, asked, types));
        }

        reading = null;
    }

    /// <summary>
    /// The failure is durably gone: its first request is answered, and the next one looks for itself.
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

    /// <summary>Empties this: requests of an incarnation that ends go back to where they came from.</summary>
    public IReadOnlyList<AgainCall> Clear()
    {
        var open = byId.Values.SelectMany(calls => calls).Where(call => !call.Answer.IsCompleted).ToList();
        byId.Clear();
        wanted.Clear();
        return open;
    }

    private void Answer(Guid id, AgainOutcome outcome)
    {
        byId.Remove(id, out var waiting);
        foreach (var call in waiting!)
            call.Tell(new AgainResult(id, outcome));
    }
}
