namespace Tributary.Connectors.Brokers;

/// <summary>
/// A warning that may be due thousands of times: given at once, then at most once per interval, with the number of
/// warnings left out in between.
/// </summary>
internal sealed class RepeatedWarning(Action<string> warn, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long? saidAt;
    private long unsaid;

    public void Say(string text)
    {
        lock (gate)
        {
            if (saidAt is { } at && time.GetElapsedTime(at) < Interval)
            {
                unsaid++;
                return;
            }

            warn(unsaid == 0 ? text : $"{text} ({unsaid} more like this since the last warning.)");
            saidAt = time.GetTimestamp();
            unsaid = 0;
        }
    }
}
