using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>The plugins that come with the platform.</summary>
public static class BuiltInPlugins
{
    /// <summary>The origin of built-in plugins, for people.</summary>
    public const string Origin = "built in";

    /// <summary>New plugins, not started.</summary>
    public static IReadOnlyList<IPlugin> All() =>
        [new DatatypesPlugin(), new DuplicatesPlugin(), new ExifPlugin(), new HashesPlugin(), new SizesPlugin()];
}
