using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;

namespace Tributary.Api.Processing;

/// <summary>A plugin with its state and its counts.</summary>
public sealed record PluginBody(
    string Name,
    [property: Description("Null when it could not be loaded.")] string? Version,
    [property: Description("built in, or the folder that it comes from.")] string Origin,
    [property: Description("ACTIVE, INACTIVE, DEACTIVATED or FAILED.")] string State,
    [property: Description("Why it does not run; null while it does.")] string? Reason,
    IReadOnlyList<string> MediaTypes,
    [property: Description("The names of its aggregates.")] IReadOnlyList<string> Aggregates,
    long Runs,
    [property: Description("Runs that failed, time-outs included.")] long Failures,
    long Timeouts,
    [property: Description("Threads that it has not given back.")] int HeldThreads,
    [property: Description("The median of its last runs.")] double? MedianMs,
    [property: Description("The 99th percentile of its last runs.")] double? P99Ms);

public sealed record PluginList(IReadOnlyList<PluginBody> Plugins);

/// <summary><c>GET /plugins</c>: the plugins of this process.</summary>
internal sealed class ListPlugins(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        var plugins = node.PluginStatuses()
            .Select(plugin => new PluginBody(
                plugin.Name, plugin.Version, plugin.Origin, plugin.State.ToString().ToUpperInvariant(), plugin.Reason,
                plugin.MediaTypes, plugin.Aggregates, plugin.Counts.Runs, plugin.Counts.Failures,
                plugin.Counts.Timeouts, plugin.Counts.HeldThreads, plugin.Counts.RecentP50?.TotalMilliseconds,
                plugin.Counts.RecentP99?.TotalMilliseconds))
            .ToList();
        await ApiJson.WriteAsync(context, new PluginList(plugins), ApiJson.Default.PluginList);
    }
}
