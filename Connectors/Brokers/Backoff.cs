namespace Tributary.Connectors.Brokers;

/// <summary>
/// Delays that double with each try up to a ceiling. Each is cut by a random part of up to half, so
/// that silos do not all retry at once.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan ceiling)
{
    private TimeSpan next = first < ceiling ? first : ceiling;

    public TimeSpan Next()
    {
        var delay = next;
        next = next >= ceiling / 2 ? ceiling : next * 2;
        return delay * (1 - (Random.Shared.NextDouble() / 2));
    }

    public void Reset() => next = first < ceiling ? first : ceiling;
}
