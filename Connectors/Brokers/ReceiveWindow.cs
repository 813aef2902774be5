namespace Tributary.Connectors.Brokers;

/// <summary>
/// Bounds received, unanswered messages by count and bytes. The receiving thread waits here for room.
/// </summary>
internal sealed class ReceiveWindow(int maxCount, long maxBytes)
{
    private readonly object gate = new();
    private int count;
    private long bytes;

    public int Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>
    /// Waits until one more message may come in, whatever its size; false when there is no room in time.
    /// </summary>
    public bool WaitForRoom(TimeSpan timeout)
    {
        lock (gate)
        {
            if (!HasRoom())
                Monitor.Wait(gate, timeout);
            return HasRoom();
        }
    }

    /// <summary>Waits until every message has an answer; false when some have none in time.</summary>
    public bool WaitUntilEmpty(TimeSpan timeout, TimeProvider time)
    {
        var start = time.GetTimestamp();
        lock (gate)
        {
            while (count > 0 && timeout - time.GetElapsedTime(start) is var rest && rest > TimeSpan.Zero)
                Monitor.Wait(gate, rest);
            return count == 0;
        }
    }

    public void Enter(int sizeBytes)
    {
        lock (gate)
        {
            count++;
            bytes += sizeBytes;
        }
    }

    public void Exit(int sizeBytes)
    {
        lock (gate)
        {
            count--;
            bytes -= sizeBytes;
            Monitor.PulseAll(gate);
        }
    }

    private bool HasRoom() => count < maxCount && bytes < maxBytes;
}
