namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// The messages on their way to one silo. The first goes at once; while calls are under way, further messages gather
/// and share a call. Calls begin in the order of their messages.
/// </summary>
/// <param name="partition">A partition of the silo, whose door is called.</param>
/// <param name="send">Makes a call; never throws.</param>
internal sealed class DoorLane(int partition, Func<DoorLane, List<PendingMessage>, Task> send)
{
    private readonly Lock gate = new();
    private readonly Queue<PendingMessage> waiting = new();
    private int callsCount;
    private bool isPumping;

    public int Partition => partition;

    /// <summary>The address of the silo that answered last; null before the first answer.</summary>
    public string? Silo { get; set; }

    public void Add(PendingMessage message)
    {
        lock (gate)
        {
            waiting.Enqueue(message);
            Wake();
        }
    }

    /// <summary>Adds messages that stay together and in order.</summary>
    public void Add(IEnumerable<PendingMessage> messages)
    {
        lock (gate)
        {
            foreach (var message in messages)
                waiting.Enqueue(message);
            Wake();
        }
    }

    // From the thread pool: messages that come at about the same time share the first call.
    private void Wake()
    {
        if (isPumping || waiting.Count == 0 || callsCount == DoorLimits.MaxCallsCount)
            return;
        isPumping = true;
        ThreadPool.UnsafeQueueUserWorkItem(static lane => lane.Pump(), this, preferLocal: false);
    }

    private void Pump()
    {
        while (true)
        {
            List<PendingMessage> call;
            lock (gate)
            {
                if (waiting.Count == 0 || callsCount == DoorLimits.MaxCallsCount)
                {
                    isPumping = false;
                    return;
                }

                call = Take();
                callsCount++;
            }

            _ = SendAsync(call);
        }
    }

    private List<PendingMessage> Take()
    {
        var call = new List<PendingMessage>();
        var bytes = 0L;
        while (call.Count < DoorLimits.MaxCallCount && waiting.TryPeek(out var next)
            && (call.Count == 0 || bytes + next.Request.Body.Length <= DoorLimits.MaxCallBytes))
        {
            bytes += next.Request.Body.Length;
            call.Add(waiting.Dequeue());
        }

        return call;
    }

    private async Task SendAsync(List<PendingMessage> call)
    {
        await send(this, call);
        lock (gate)
        {
            callsCount--;
            Wake();
        }
    }
}
