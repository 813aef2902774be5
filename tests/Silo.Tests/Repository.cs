using System.Runtime.CompilerServices;

namespace Tributary.Silo.Tests;

/// <summary>The repository that these tests stand in.</summary>
internal static class Repository
{
    public static string Root { get; } = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Here())!, "..", ".."));

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(Path(relative));

    private static string Here([CallerFilePath] string path = "") => path;
}
