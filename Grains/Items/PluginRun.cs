using Tributary.Items;
using Tributary.Plugins;

namespace Tributary.Grains.Items;

/// <summary>The outcome of one run; <paramref name="Error"/> is null when the run succeeded.</summary>
/// <param name="Contributions">Computed from <see cref="PluginResult.Contributions"/>.</param>
/// <param name="Error">A code, a colon and a sentence.</param>
/// <param name="MayHelpToRetry">True when the plugin says so, or its database did not answer.</param>
public sealed record PluginRun(
    PluginResult Result, IReadOnlyList<Contribution> Contributions, string? Error = null, bool MayHelpToRetry = false);

/// <summary>A fed generation of a plugin: the plugin's results are added to it.</summary>
/// <param name="Plugin">The id of the plugin's generation.</param>
/// <param name="Aggregates">The ids of its aggregates' generations.</param>
public sealed record FedGeneration(int Plugin, IReadOnlyList<int> Aggregates);
