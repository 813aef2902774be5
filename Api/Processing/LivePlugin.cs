namespace Tributary.Api.Processing;

/// <summary>A plugin with readable results.</summary>
/// <param name="Generation">The id of the generation that readers see.</param>
public sealed record LivePlugin(string Name, int Generation)
{
    /// <exception cref="TributaryException"><c>plugin_not_found</c>; names the existing plugins.</exception>
    internal static LivePlugin Named(string name, ApiNode node)
    {
        var plugins = node.LivePlugins();
        return plugins.FirstOrDefault(plugin => plugin.Name == name)
            ?? throw new TributaryException(
                "plugin_not_found",
                $"There is no plugin '{name}'; there are: "
                + $"{(plugins.Count == 0 ? "none" : string.Join(", ", plugins.Select(plugin => plugin.Name)))}.");
    }
}
