using Tributary.Grains.Items;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>The plugins of this process.</summary>
public interface IPluginHost
{
    /// <summary>
    /// Those that the configuration names and that were found, in the order of their names: also one that did not start
    /// or was deactivated, whose runs fail at once and may be tried again later, so that its part of messages is not
    /// lost. Replaced as a whole when one is deactivated or a generation is added; who
    /// takes it uses one for the whole of a message.
    /// </summary>
    ActivePlugins Active { get; }
}

/// <param name="Number">Ascends with every change: a result of an earlier set is run again.</param>
public sealed record ActivePlugins(int Number, IReadOnlyList<IActivePlugin> Plugins);

/// <summary>A plugin within its limits.</summary>
public interface IActivePlugin
{
    string Name { get; }

    string Version { get; }

    /// <summary>The id of the generation of its version and configuration.</summary>
    int Generation { get; }

    /// <summary>
    /// All generations that its results are added to, with their aggregates' generations; one that stands alone has all
    /// contributions.
    /// </summary>
    IReadOnlyList<FedGeneration> Fed => [];

    /// <param name="mediaType">In lower case and without parameters.</param>
    bool Accepts(string mediaType);

    /// <summary>
    /// Runs the plugin on one message: within its time limit, and its answer within the limits of
    /// <see cref="PluginResult"/>. Never throws, except when
    /// <paramref name="cancellation"/> ends it.
    /// </summary>
    ValueTask<PluginRun> RunAsync(PluginContext context, CancellationToken cancellation);
}
