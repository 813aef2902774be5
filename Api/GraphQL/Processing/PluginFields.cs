using Tributary.Grains;
using Tributary.GraphQL.Binding;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>The plugins of this server.</summary>
internal sealed class PluginFields(ApiNode node)
{
    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query").Field("plugins", _ => node.PluginStatuses());
        bindings.Object<PluginStatus>("Plugin");
        bindings.Enum<PluginState>("PluginState");
    }
}
