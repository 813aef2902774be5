namespace Tributary.Connectors.Brokers;

/// <summary>
/// The status of a broker, and the lines that tell the operator about it: one per change, not one per try.
/// </summary>
internal sealed class BrokerHealth(string name, Action<string> warn)
{
    private const int MaxReasonChars = 500;

    private readonly Lock gate = new();
    private string? lastError;
    private bool isConnected;
    private bool isWarned;
    private long received;
    private long refused;

    public BrokerStatus Status
    {
        get
        {
            lock (gate)
                return new(isConnected, lastError, Interlocked.Read(ref received), Interlocked.Read(ref refused));
        }
    }

    public void Received() => Interlocked.Increment(ref received);

    public void Refused() => Interlocked.Increment(ref refused);

    public void Connected()
    {
        lock (gate)
        {
            isConnected = true;
            if (isWarned)
                warn($"{name}: connected again.");
            isWarned = false;
        }
    }

    /// <summary>
    /// Records that the broker is not connected. The operator hears the same reason once until something changes.
    /// </summary>
    public void Lost(string reason)
    {
        var text = OneLine(reason);
        lock (gate)
        {
            isConnected = false;
            if (!isWarned || text != lastError)
                warn($"{name}: not connected: {text} It tries again until it succeeds.");
            isWarned = true;
            lastError = text;
        }
    }

    /// <summary>Records the end of <see cref="IBroker.RunAsync"/>: not connected, but without an error.</summary>
    public void Stopped()
    {
        lock (gate)
            isConnected = false;
    }

    /// <summary>The text as one line that ends with a full stop.</summary>
    public static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = ErrorText.Cut(line, MaxReasonChars);
        return line.EndsWith('.') ? line : line + ".";
    }
}
