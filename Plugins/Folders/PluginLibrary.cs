using System.Reflection;

namespace Tributary.Plugins.Folders;

/// <summary>Finds the plugins in a class library.</summary>
internal static class PluginLibrary
{
    /// <summary>
    /// The library of a folder: <paramref name="named"/>, or the only one built there; null when there is none.
    /// </summary>
    /// <exception cref="TributaryException"><c>plugin_unloadable</c>.</exception>
    public static string? Find(string folder, string? named)
    {
        if (named is not null)
        {
            var path = Path.GetFullPath(Path.Combine(folder, named));
            return File.Exists(path) ? path : throw Unloadable(
                $"library: there is no file \"{named}\" in the folder; allowed: the file name of a class library in "
                + "it.");
        }

        // A build leaves a .deps.json beside the library itself, and none beside its dependencies.
        var built = Directory
            .EnumerateFiles(folder, "*.deps.json")
            .Select(static path => path[..^".deps.json".Length] + ".dll")
            .Where(File.Exists)
            .ToList();
        if (built.Count == 0)
            built =
            [
                .. Directory
                    .EnumerateFiles(folder, "*.dll")
                    .Where(static path =>
                        Path.GetFileName(path) != Path.GetFileName(typeof(IPlugin).Assembly.Location)),
            ];
        if (built.Count > 1)
            throw Unloadable(
                "there are several libraries "
                + $"({string.Join(", ", built.Select(Path.GetFileName).Order(StringComparer.Ordinal))}); allowed: one, "
                + "or \"library\" in the folder's configuration.");
        return built.SingleOrDefault();
    }

    /// <summary>Creates the plugins of a library, not started yet.</summary>
    /// <exception cref="TributaryException"><c>plugin_unloadable</c>.</exception>
    public static IReadOnlyList<IPlugin> Load(string library)
    {
        try
        {
            var assembly = new PluginLoadContext(library).LoadFromAssemblyPath(library);
            var plugins = assembly
                .GetExportedTypes()
                .Where(IsPlugin)
                .Select(static type => (IPlugin)Activator.CreateInstance(type)!)
                .ToList();
            return plugins.Count > 0
                ? plugins
                : throw Unloadable(
                    $"{Path.GetFileName(library)} has no public class that implements {typeof(IPlugin).FullName} and "
                    + "has a constructor without parameters.");
        }
        catch (Exception error) when (error is not TributaryException)
        {
            var cause = error switch
            {
                TargetInvocationException { InnerException: { } inner } => inner,
                ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => first,
                _ => error,
            };
            throw Unloadable($"{Path.GetFileName(library)}: {ErrorText.LineOf(cause)}", error);
        }
    }

    private static bool IsPlugin(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(IPlugin).IsAssignableFrom(type)
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private static TributaryException Unloadable(string what, Exception? inner = null) =>
        new("plugin_unloadable", what, inner);
}
