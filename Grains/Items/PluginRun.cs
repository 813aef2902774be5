using Tributary.Items;
using Tributary.Plugins;

namespace Tributary.Grains.Items;

/// <summary>What came of one run: <paramref name="Error"/> is null when it went well.</summary>
/// <param name="Contributions">Computed from <see cref="PluginResult.Contributions"/>.</param>
/// <param name="Error">A code, a colon and a sentence.</param>
/// <param name="MayHelpToRetry">True when the plugin says so, or its database did not answer.</param>
public sealed record PluginRun(
    PluginResult Result, IReadOnlyList<Contribution> Contributions, string? Error = null, bool MayHelpToRetry = false);

/// <summary>A generation of a plugin that its results are added to.</summary>
/// <param name="Plugin">Its id.</param>
/// <param name="Aggregates">The ids of its aggregates' generations.</param>
public sealed record FedGeneration(int Plugin, IReadOnlyList<int> Aggregates);
