using System.Runtime.CompilerServices;
using System.Text.Json;
using Tributary.Plugins.Exec;
using Tributary.Plugins.Folders;
using YamlDotNet.Serialization;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>A folder of plugins of its own, gone after the test.</summary>
internal sealed class PluginFiles : IDisposable
{
    private static readonly string Repository = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    public string Root { get; } = Directory.CreateTempSubdirectory("tributary-plugins-").FullName;

    public string Temp { get; } = Directory.CreateTempSubdirectory("tributary-content-").FullName;

    public ExecServices Services => new(TimeProvider.System, Temp);

    /// <summary>Where the sample in C# was built, in the configuration of these tests.</summary>
    public static string CsharpSample { get; } =
        Path.Combine(
            Repository, "samples", "plugin-csharp", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            "net10.0");

    public static string PythonSample { get; } = Path.Combine(AppContext.BaseDirectory, "plugin-python");

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Temp, recursive: true);
    }

    public string Add(string folder, string file, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Root, folder)).FullName, file);
        File.WriteAllText(path, text);
        return path;
    }

    public void Copy(string source, string folder)
    {
        var target = Directory.CreateDirectory(Path.Combine(Root, folder)).FullName;
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    public FoundPlugins Load() => PluginFolders.Load(Root, ReadConfiguration, Services);

    /// <param name="waits">The clock by which programs wait before they are started again.</param>
    public FoundPlugins Load(TimeProvider waits) =>
        PluginFolders.Load(Root, ReadConfiguration, Services with { Time = waits });

    /// <summary>As the program reads it, without what the main configuration says.</summary>
    public static JsonElement? ReadConfiguration(PluginFolder folder)
    {
        if (folder.ConfigurationFile is not { } file || file.EndsWith(".json", StringComparison.Ordinal))
            return PluginFolders.ReadJson(folder);
        var value = new DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization()
            .Build()
            .Deserialize<object?>(File.ReadAllText(file));
        return JsonSerializer.SerializeToElement(value);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
