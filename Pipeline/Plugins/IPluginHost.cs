using Tributary.Grains.Items;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>The plugins of this process.</summary>
public interface IPluginHost
{
    /// <summary>
    /// The plugins that the configuration names and that were found. A plugin that did not start or was deactivated is
    /// among them: its runs fail at once and can be tried again later, so its part of messages is not lost. Replaced as
    /// a whole when a plugin is deactivated or a generation is added; a message uses one value throughout.
    /// </summary>
    ActivePlugins Active { get; }
}

/// <param name="Number">
/// Ascends with every change: a result with a lower number is outdated, and the message runs again.
/// </param>
public sealed record ActivePlugins(int Number, IReadOnlyList<IActivePlugin> Plugins);

/// <summary>A plugin within its limits.</summary>
public interface IActivePlugin
{
    string Name { get; }

    string Version { get; }

    /// <summary>The id of the generation of its version and configuration.</summary>
    int Generation { get; }

    /// <summary>
    /// The plugin's fed generations, each with the generations of its aggregates. When empty, <see cref="Generation"/>
    /// alone takes all contributions.
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
