using System.Runtime.CompilerServices;

namespace Tributary.Silo.Tests;

/// <summary>The repository that these tests stand in.</summary>
internal static class Repository
{
    public static string Root { get; } = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Here())!, "..", ".."));

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(Path(relative));

    /// <summary>The output folder of a plugin of the tests, which is built before them and not referenced.</summary>
    public static string PluginOutput(string project) =>
        System.IO.Path.Combine(
            Root, "tests", project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    private static string Here([CallerFilePath] string path = "") => path;
}
