namespace Tributary.Connectors.Brokers;

/// <summary>Limits of brokers that no configuration changes.</summary>
internal static class BrokerLimits
{
    /// <summary>
    /// The delay before the first new try after a lost connection, or of whatever else failed. It doubles.
    /// </summary>
    public static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay between tries.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a refused delivery waits for a dead-letter exchange that does not take it; then the platform keeps it.
    /// Below the half hour after which a server ends a channel whose deliveries have no answer.
    /// </summary>
    public static readonly TimeSpan DeadLetterTimeout = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a stop waits for the answers to what was handed over. What has none then is not acknowledged.
    /// </summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stop waits for deliveries that were told to give up, and for the server's good-bye.
    /// </summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
}
