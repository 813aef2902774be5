using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>
/// A plugin whose runs first wait for something that is not their own work, such as a program that is being started.
/// The plugin says when the wait begins and ends, so that it does not count into the run's time limit.
/// </summary>
public interface IWaitingPlugin : IPlugin
{
    /// <inheritdoc cref="IPlugin.ExecuteAsync"/>
    /// <param name="clock">Runs when this is called.</param>
    ValueTask<PluginResult> ExecuteAsync(PluginContext context, IRunClock clock, CancellationToken cancellation);
}

/// <summary>
/// The time limit of one run. Callable from any thread; once the run was asked to stop nothing changes any more.
/// </summary>
public interface IRunClock
{
    /// <summary>
    /// The run waits: from now on its time does not count. The wait ends with the run's cancellation.
    /// </summary>
    void Stop();

    /// <summary>The run works: from now on it has the whole limit.</summary>
    void Start();
}
