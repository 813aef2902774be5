using System.Text;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Replays;
using Tributary.Storage;
using Tributary.Storage.Deliveries;

namespace Tributary.Grains.Tests.Intake;

/// <summary>A silo that answers at once, but for bodies that hold a certain word.</summary>
internal sealed class HoldingSilo : IRoundGrains, IItemGrain
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TaskCompletionSource> held = [];
    private readonly List<IncomingMessage> sent = [];

    public IReadOnlyList<IncomingMessage> Sent
    {
        get
        {
            lock (gate)
                return [.. sent];
        }
    }

    /// <summary>Bodies with this word are answered when the result is set.</summary>
    public TaskCompletionSource Hold(string word) =>
        held[word] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public int CountOf(string word) => Sent.Count(message => Body(message).Contains(word, StringComparison.Ordinal));

    /// <summary>Completes when so many bodies with this word have come.</summary>
    public async Task TakenAsync(string word, int count)
    {
        while (CountOf(word) < count)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public TGrain GetGrain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey => (TGrain)(IGrainWithStringKey)this;

    public async ValueTask<Receipt> Receive(IncomingMessage message)
    {
        lock (gate)
            sent.Add(message);
        if (held.FirstOrDefault(pair => Body(message).Contains(pair.Key, StringComparison.Ordinal)).Value is { } until)
            await until.Task;
        return new Receipt(new AppendedMessage(message.Message, 1, message.Generations));
    }

    public ValueTask<ItemView?> Read() => throw new NotSupportedException("A listener reads no items.");

    public ValueTask<RetryResult> Retry(RetryRequest request) =>
        throw new NotSupportedException("A listener retries nothing.");

    public ValueTask<ParkResult> Park(ParkRequest request) =>
        throw new NotSupportedException("A listener parks nothing.");

    public ValueTask ApplyReplayed(ReplayedRun run) => throw new NotSupportedException("A listener replays nothing.");

    private static string Body(IncomingMessage message) => Encoding.UTF8.GetString(message.Message.Body.Span);
}

/// <summary>Notes of deliveries that outlive the processes of a test.</summary>
internal sealed class DeliveryNotesInMemory : IDeliveryStarts
{
    private readonly Lock gate = new();

    public Dictionary<(string Source, UInt128 Fingerprint), DeliveryStart> Rows { get; } = [];

    /// <summary>How many deliveries each write noted; writes that only remove note none.</summary>
    public List<int> NotedCounts { get; } = [];

    public int WritesCount { get; private set; }

    /// <summary>Writes from this one on, counted from 1, fail for good.</summary>
    public int FailsFrom { get; set; } = int.MaxValue;

    /// <summary>Awaited before each write; null: nothing is.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public ValueTask<IReadOnlyList<DeliveryStart>> ReadAsync(CancellationToken cancellation) => new([.. Rows.Values]);

    public async ValueTask WriteAsync(IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation)
    {
        if (Gate is { } before)
            await before.Task;
        lock (gate)
        {
            if (++WritesCount >= FailsFrom)
                throw new StoreException(StoreFault.Fatal, "The table cannot be written.");
            NotedCounts.Add(starts.Count(start => start.StartsCount > 0));
            foreach (var start in starts)
            {
                if (start.StartsCount > 0)
                    Rows[(start.Source, start.Fingerprint)] = start;
                else
                    Rows.Remove((start.Source, start.Fingerprint));
            }
        }
    }

    public ValueTask ClearAsync(CancellationToken cancellation)
    {
        Rows.Clear();
        return ValueTask.CompletedTask;
    }
}
