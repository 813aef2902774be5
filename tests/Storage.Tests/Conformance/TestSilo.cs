using System.Text;
using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>A silo that has joined, as far as a store sees it: numbers its rounds and counts its messages.</summary>
public sealed class TestSilo(IStore store, SiloId id)
{
    private long round;
    private long accepted;

    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public IStore Store { get; } = store;

    public SiloId Id { get; } = id;

    public long Round => round;

    private const int PartitionsCount = 256;

    private static IEnumerable<PartitionId> All =>
        Enumerable.Range(0, PartitionsCount).Select(id => new PartitionId(id));

    /// <summary>True for a test that says itself what its rounds write.</summary>
    public bool IsPicky { get; init; }

    /// <summary>The version of the definitions that its rounds know.</summary>
    public long Definitions { get; set; }

    /// <summary>False for a test that holds the horizon itself.</summary>
    public bool WaitsForHorizon { get; init; } = true;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestSilo> JoinAsync(
        IStore store, string address = "", bool waitsForHorizon = true)
    {
        await store.OpenAsync(Cancellation);
        var incarnation = await store.JoinAsync(address, Cancellation);
        var silo = new TestSilo(store, incarnation.Silo)
        {
            WaitsForHorizon = waitsForHorizon,
            Definitions = incarnation.Definitions,
        };
        await silo.TakeAllAsync();
        return silo;
    }

    /// <summary>Takes every partition in a round of its own.</summary>
    public async Task TakeAllAsync()
    {
        var takes = NextRound(next => next.Takes.AddRange(All));
        var outcome = Assert.IsType<CommitOutcome.Committed>(await Store.CommitAsync(takes, Cancellation));
        Assert.Equal(PartitionsCount, outcome.Taken.Count);
        Advance(takes);
    }

    public static AppendedMessage Message(
        string item = "item",
        string body = "{}",
        string source = "source",
        long sequence = 1,
        params int[] generations
    ) => Message(item, Encoding.UTF8.GetBytes(body), source, sequence, generations);

    public static AppendedMessage Message(
        string item, byte[] body, string source = "source", long sequence = 1, params int[] generations) =>
        new(
            new Message
            {
                Id = new MessageId(Guid.CreateVersion7()),
                Source = source,
                Item = item,
                MediaType = "application/json",
                Body = body,
                ReceivedAt = Noon.AddTicks(1),
            },
            sequence, generations);

    public static StateRow Item(string id, string state, bool isNew) =>
        new(StateTable.Items, new RoundGrainId("item", id), new PartitionId(7), 1, Encoding.UTF8.GetBytes(state),
            isNew);

    public static StateRow Aggregate(AggregateKey key, string state, bool isNew) => new(
        StateTable.Aggregates, new RoundGrainId(AggregateKey.GrainType, key.ToString()), new PartitionId(8), 1,
        Encoding.UTF8.GetBytes(state), isNew);

    public RoundCommit NextRound(Action<RoundCommit>? fill = null)
    {
        var next = new RoundCommit
        {
            Silo = Id, Round = round + 1, Definitions = Definitions, AcceptedBefore = accepted,
        };
        fill?.Invoke(next);
        // A silo that owns everything writes everywhere, but where it takes or gives.
        if (next.Writes.Count == 0 && !IsPicky)
            next.Writes.AddRange(next.Takes.Count > 0 ? [] : All.Except(next.Gives));
        return next;
    }

    /// <summary>Commits the next round and expects it to be durable; returns its transaction.</summary>
    public async Task<long> CommitAsync(Action<RoundCommit>? fill = null)
    {
        var next = NextRound(fill);
        var outcome = await Store.CommitAsync(next, Cancellation);
        Assert.True(outcome is CommitOutcome.Committed, outcome.ToString());
        Advance(next);
        if (WaitsForHorizon)
            await SettleAsync(outcome);
        return ((CommitOutcome.Committed)outcome).Transaction;
    }

    /// <summary>Waits until the horizon has passed a commit: on a server, others may hold it for a moment.</summary>
    public async Task SettleAsync(CommitOutcome outcome)
    {
        var above = Position.Of(Assert.IsType<CommitOutcome.Committed>(outcome).Transaction + 1, 0);
        await Waiting.UntilAsync(async () => await Store.Messages.ReadHorizonAsync(Cancellation) >= above);
    }

    public Task<long> CommitAsync(params AppendedMessage[] messages) =>
        CommitAsync(next => next.Messages.AddRange(messages));

    /// <summary>Takes a round that became durable in another way into account.</summary>
    public void Advance(RoundCommit committed)
    {
        round = committed.Round;
        accepted += committed.Messages.Count;
    }

    public async Task<CommitOutcome> TryCommitAsync(Action<RoundCommit> fill) =>
        await Store.CommitAsync(NextRound(fill), Cancellation);

    public async Task<LoadedState?> LoadAsync(StateRow row)
    {
        var request = new LoadRequest();
        request.States.Add((row.Table, row.Grain));
        var result = await Store.LoadAsync(request, Cancellation);
        return result.States.TryGetValue(row.Grain, out var state) ? state : null;
    }

    public async Task<string?> LoadTextAsync(StateRow row) =>
        await LoadAsync(row) is { } state ? Encoding.UTF8.GetString(state.State.Span) : null;
}
