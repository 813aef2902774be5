namespace Tributary.Connectors.Brokers;

/// <summary>Limits of brokers that no configuration changes.</summary>
internal static class BrokerLimits
{
    /// <summary>The delay before the first retry, of a connection or anything else that failed. It doubles.</summary>
    public static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay between retries.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a refused delivery waits for a dead-letter exchange that does not take it; then the platform keeps the
    /// delivery. Shorter than the half hour after which a server closes a channel with an unacknowledged delivery.
    /// </summary>
    public static readonly TimeSpan DeadLetterTimeout = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a stop waits for the platform to answer deliveries that were handed
    /// over. Later ones are not acknowledged.
    /// </summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stop waits for cancelled deliveries to return, and for the server to close the connection.
    /// </summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
}
