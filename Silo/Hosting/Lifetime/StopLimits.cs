namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>How long the steps of a stop may take.</summary>
internal static class StopLimits
{
    /// <summary>Requests in flight; then their connections are closed.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Requests in flight, in a process that cannot go on: most of them wait for something that will not come.
    /// </summary>
    public static readonly TimeSpan FailedDrain = TimeSpan.FromSeconds(1);

    /// <summary>Connections, to close, at least.</summary>
    public static readonly TimeSpan MinClose = TimeSpan.FromMilliseconds(500);

    /// <summary>Brokers, once they are told to end.</summary>
    public static readonly TimeSpan Brokers = TimeSpan.FromSeconds(5);

    /// <summary>Ordinary grains, to be deactivated.</summary>
    public static readonly TimeSpan Grains = TimeSpan.FromSeconds(2);

    /// <summary>The engine, to finish its rounds and leave once no request is in flight.</summary>
    public static readonly TimeSpan Leave = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The whole stop. Each step has its own limit: this one bounds services that others add to the host.
    /// </summary>
    public static readonly TimeSpan Whole = Drain + MinClose + Grains + Leave;
}
