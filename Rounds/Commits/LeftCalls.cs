using System.Diagnostics.CodeAnalysis;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Turns;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The calls that a round leaves to later rounds, by partition and in order. Calls that merge are one call for each
/// grain, as in a round that makes them; they are combined and written as JSON when the round is sealed.
/// </summary>
internal sealed class LeftCalls
{
    private readonly Dictionary<PartitionId, Queue> partitions = [];

    /// <summary>True when a call was added that is in no row yet.</summary>
    public bool HasAny => partitions.Count > 0;

    /// <summary>Adds a call that a turn asked for.</summary>
    public void Add(PartitionId partition, OneWayCall call)
    {
        var queue = QueueOf(partition);
        if (call.Method.Merger is not null
            && queue.Last.TryGetValue(call.Target, out var last) && last.Method == call.Method)
        {
            last.Requests.Add(call.Request);
            last.Origin = Origins.Older(last.Origin, call.Origin);
            return;
        }

        var left = new LeftCall(call.Target, call.Method) { Origin = call.Origin };
        left.Requests.Add(call.Request);
        queue.Last[call.Target] = left;
        queue.Calls.Add(left);
    }

    /// <summary>Adds a call that is stored, and stays so.</summary>
    public void Add(PartitionId partition, DeferredCall call)
    {
        var left = new LeftCall(call.Target, null) { Stored = call, Origin = call.Origin };
        var queue = QueueOf(partition);
        queue.Last[call.Target] = left;
        queue.Calls.Add(left);
    }

    /// <summary>
    /// Moves the calls into rows: one for each partition, and more where the calls pass a limit of a row.
    /// </summary>
    /// <param name="fail">Told of each call that cannot be stored.</param>
    public void MoveTo(List<LeftRow> rows, RoundOptions options, Action<OneWayCall, Exception> fail)
    {
        foreach (var (partition, queue) in partitions)
        {
            var calls = new List<DeferredCall>();
            var bytes = 0L;
            foreach (var call in queue.Calls.SelectMany(left => left.Write(partition, fail)))
            {
                var isAlone = !CallBundle.Fits(call);
                if (calls.Count > 0 && (isAlone || calls.Count >= options.MaxDeferredRowCallsCount
                    || bytes + call.Arguments.Length > options.MaxDeferredRowBytes))
                {
                    rows.Add(LeftRow.Of(partition, calls));
                    (calls, bytes) = ([], 0);
                }

                calls.Add(call);
                bytes += call.Arguments.Length;
                if (isAlone)
                {
                    rows.Add(LeftRow.Of(partition, calls));
                    (calls, bytes) = ([], 0);
                }
            }

            if (calls.Count > 0)
                rows.Add(LeftRow.Of(partition, calls));
        }

        partitions.Clear();
    }

    private Queue QueueOf(PartitionId partition)
    {
        if (!partitions.TryGetValue(partition, out var queue))
            partitions.Add(partition, queue = new Queue([], []));
        return queue;
    }

    /// <param name="Calls">In order.</param>
    /// <param name="Last">The last call to each grain.</param>
    private sealed record Queue(List<LeftCall> Calls, Dictionary<RoundGrainId, LeftCall> Last);
}

/// <summary>A row of calls that a round leaves.</summary>
/// <param name="Row">As it is stored; its sequence is known when the round is durable.</param>
/// <param name="Calls">The calls of the row.</param>
internal sealed record LeftRow(DeferredCall Row, IReadOnlyList<DeferredCall> Calls)
{
    public static LeftRow Of(PartitionId partition, IReadOnlyList<DeferredCall> calls) =>
        new(CallBundle.Of(partition, calls), calls);
}

/// <summary>A call that a round leaves, or several of one grain that merge.</summary>
/// <param name="method">Null for a call that is stored.</param>
internal sealed class LeftCall(RoundGrainId target, RoundMethod? method)
{
    public RoundMethod? Method => method;

    public List<IInvokable> Requests { get; } = [];

    public DeferredCall? Stored { get; init; }

    public long Origin { get; set; }

    /// <summary>
    /// The calls as they are stored. When the merged call cannot be written, one of its parts is to blame: then each is
    /// written by itself.
    /// </summary>
    public IEnumerable<DeferredCall> Write(PartitionId partition, Action<OneWayCall, Exception> fail)
    {
        if (Stored is { } stored)
            return [stored];
        var whole = Requests.Count > 1 ? Merge(fail) : Requests[0];
        return whole is not null && TryWrite(partition, whole, out var call, out _) ? [call]
            : WriteEach(partition, fail);
    }

    private List<DeferredCall> WriteEach(PartitionId partition, Action<OneWayCall, Exception> fail)
    {
        var calls = new List<DeferredCall>();
        foreach (var request in Requests)
        {
            if (TryWrite(partition, request, out var call, out var error))
                calls.Add(call);
            else
                fail(CallOf(request), error);
        }

        return calls;
    }

    // An argument that cannot be combined fails like the turn that it would have been part of.
    private IInvokable? Merge(Action<OneWayCall, Exception> fail)
    {
        object? merged = null;
        var left = new List<IInvokable>(Requests.Count);
        foreach (var request in Requests)
        {
            try
            {
                var argument = request.GetArgument(0)!;
                if (merged is null)
                    merged = method!.Merger!.Fork(argument);
                else
                    method!.Merger!.Absorb(merged, argument);
                left.Add(request);
            }
            catch (Exception error)
            {
                fail(CallOf(request), error);
            }
        }

        Requests.Clear();
        Requests.AddRange(left);
        return merged is null ? null : method!.RequestOf(merged);
    }

    // A grain may pass any argument. Some cannot be written as JSON; then only the call fails.
    private bool TryWrite(
        PartitionId partition, IInvokable request, [NotNullWhen(true)] out DeferredCall? call,
        [NotNullWhen(false)] out Exception? error)
    {
        (call, error) = (null, null);
        try
        {
            var arguments = method!.WriteArguments(request, RoundGrainTypes.ArgumentsJson);
            call = new DeferredCall(0, partition, target, method.Name, arguments) { Origin = Origin };
            return true;
        }
        catch (Exception thrown)
        {
            error = new TributaryException(
                "arguments_unwritable",
                $"The arguments of the call cannot be written as JSON: {thrown.Message}", thrown);
            return false;
        }
    }

    private OneWayCall CallOf(IInvokable request) => new(target, method!, request) { Origin = Origin };
}
