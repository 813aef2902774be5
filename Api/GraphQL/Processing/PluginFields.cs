using Tributary.GraphQL.Binding;
using Tributary.Pipeline.Plugins;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>The plugins of this server.</summary>
internal sealed class PluginFields(ApiNode node)
{
    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query").Field("plugins", _ => node.PluginStatuses());
        bindings.Object<PluginStatus>("Plugin")
            .Field("runCount", plugin => plugin.Counts.Runs)
            .Field("failureCount", plugin => plugin.Counts.Failures)
            .Field("timeoutCount", plugin => plugin.Counts.Timeouts)
            .Field("heldThreadCount", plugin => plugin.Counts.HeldThreads)
            .Field("medianMs", plugin => plugin.Counts.RecentP50?.TotalMilliseconds)
            .Field("p99Ms", plugin => plugin.Counts.RecentP99?.TotalMilliseconds);
        bindings.Enum<PluginState>("PluginState");
    }
}
