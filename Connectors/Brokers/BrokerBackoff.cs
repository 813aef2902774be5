namespace Tributary.Connectors.Brokers;

/// <summary>The waits of one broker, each cut by up to half so that silos do not all try at once.</summary>
internal sealed class BrokerBackoff(TimeSpan first, TimeSpan cap)
{
    private readonly Backoff backoff = new(first, cap) { Jitter = 0.5 };
    private int failures;

    public TimeSpan Next() => backoff.After(++failures, Random.Shared.NextDouble());

    public void Reset() => failures = 0;
}
