namespace Tributary.Silo.Hosting.Doors;

/// <summary>The limits of the way from a process without a door of its own to a silo.</summary>
internal static class DoorLimits
{
    /// <summary>Messages of one call.</summary>
    public const int MaxCallCount = 512;

    /// <summary>Bytes of the bodies of one call; a larger body goes alone.</summary>
    public const int MaxCallBytes = 1 << 20;

    /// <summary>Calls under way to one silo; further messages gather for the next one.</summary>
    public const int MaxCallsCount = 8;

    /// <summary>
    /// Messages without an answer, of single messages and of loads each; further ones are refused
    /// (<c>overloaded</c>).
    /// </summary>
    public const int MaxWaitingCount = 20_000;

    /// <summary>Bytes of their bodies, likewise; a larger body is taken when nothing else waits.</summary>
    public const long MaxWaitingBytes = 128 << 20;

    /// <summary>How long a message is sent again and again, before its producer is told.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <summary>The waits before a message is sent again: a partition is back within half a second.</summary>
    public static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(80));

    /// <summary>What a producer is told to wait when too much is under way.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
}
