using System.Text;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>
/// The platform as a broker sees it: takes deliveries, holds them as long as the test wants, and answers.
/// </summary>
internal sealed class Receiver
{
    private readonly Lock gate = new();
    private readonly List<Delivery> taken = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> waits = [];
    private readonly SemaphoreSlim answers = new(0);
    private readonly bool isHolding;
    private int atOnce;

    /// <param name="isHolding">Answers only as often as <see cref="Release"/> allows.</param>
    public Receiver(bool isHolding = false) => this.isHolding = isHolding;

    /// <summary>What it answers; may throw.</summary>
    public Func<Delivery, Reception> Answer { get; init; } =
        _ => new Reception.Stored(new MessageId(Guid.Empty), IsRepeat: false);

    /// <summary>Bodies in the order in which they came.</summary>
    public IReadOnlyList<string> Bodies =>
        [.. Deliveries.Select(delivery => Encoding.UTF8.GetString(delivery.Body.Span))];

    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (gate)
                return [.. taken];
        }
    }

    /// <summary>Most deliveries that were in its hands at one time.</summary>
    public int MaxAtOnce { get; private set; }

    /// <summary>Deliveries in its hands now.</summary>
    public int HeldCount
    {
        get
        {
            lock (gate)
                return atOnce;
        }
    }

    public void Release(int count) => answers.Release(count);

    /// <summary>Waits until so many deliveries came in.</summary>
    public Task CountAsync(int count)
    {
        lock (gate)
        {
            if (taken.Count >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waits.Add((count, reached));
            return reached.Task.WaitAsync(Eventually.Limit);
        }
    }

    public async ValueTask<Reception> ReceiveAsync(Delivery delivery, CancellationToken cancellation)
    {
        lock (gate)
        {
            taken.Add(delivery);
            MaxAtOnce = Math.Max(MaxAtOnce, ++atOnce);
            foreach (var (_, reached) in waits.Where(wait => wait.Count <= taken.Count))
                reached.TrySetResult();
        }

        try
        {
            if (isHolding)
                await answers.WaitAsync(cancellation);
            return Answer(delivery);
        }
        finally
        {
            lock (gate)
                atOnce--;
        }
    }
}
