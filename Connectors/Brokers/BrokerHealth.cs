namespace Tributary.Connectors.Brokers;

/// <summary>
/// What a broker has to say of itself, and what it says to the operator: once per change, not once per try.
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
    /// Not connected, for this reason. The same reason is not told again before something has changed.
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

    /// <summary>The end of <see cref="IBroker.RunAsync"/>: not connected, and nothing is wrong with that.</summary>
    public void Stopped()
    {
        lock (gate)
            isConnected = false;
    }

    /// <summary>One line that ends with a full stop.</summary>
    public static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = ErrorText.Cut(line, MaxReasonChars);
        return line.EndsWith('.') ? line : line + ".";
    }
}
