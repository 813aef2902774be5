using System.Reflection;

namespace Tributary.Connectors.Registry;

/// <summary>A library with custom connectors, or the reason why it could not be loaded.</summary>
/// <param name="Name">The file's name without extension; the folder's name when there is no such file.</param>
/// <param name="Factories">Empty when there was an error.</param>
/// <param name="Error">Null when the library is loaded.</param>
public sealed record ConnectorLibrary(string Name, IReadOnlyList<IConnectorFactory> Factories, string? Error = null)
{
    /// <summary>
    /// The libraries in a folder or, when it has none, in each of its subfolders. A library is the .dll beside a
    /// .deps.json of the same name, as a build leaves them, or the .dll named like its folder.
    /// </summary>
    public static IReadOnlyList<ConnectorLibrary> LoadFolder(string folder)
    {
        if (Files(folder) is { Count: > 0 } own)
            return [.. own.Select(Load)];
        return
        [
            .. Directory
                .GetDirectories(folder)
                .Order(StringComparer.Ordinal)
                .SelectMany(sub =>
                    Files(sub) is { Count: > 0 } files
                        ? files.Select(Load)
                        :
                        [
                            new ConnectorLibrary(
                                Path.GetFileName(sub),
                                [],
                                $"{sub} holds no .dll with a .deps.json beside it, and no {Path.GetFileName(sub)}.dll"),
                        ]),
        ];
    }

    /// <summary>The factories of an assembly: its public classes with a parameterless constructor.</summary>
    /// <exception cref="Exception">Anything that the library's code or the loader throws.</exception>
    public static IReadOnlyList<IConnectorFactory> FactoriesOf(Assembly assembly) =>
        [
            .. assembly
                .GetExportedTypes()
                .Where(type =>
                    type is { IsClass: true, IsAbstract: false }
                    && type.IsAssignableTo(typeof(IConnectorFactory))
                    && type.GetConstructor([]) is not null)
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .Select(type => (IConnectorFactory)Activator.CreateInstance(type)!),
        ];

    private static List<string> Files(string folder)
    {
        const string Suffix = ".deps.json";
        var files = Directory
            .GetFiles(folder, "*" + Suffix)
            .Select(file => file[..^Suffix.Length] + ".dll")
            .Order(StringComparer.Ordinal)
            .ToList();
        var namesake = Path.Combine(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) + ".dll");
        return files.Count == 0 && File.Exists(namesake) ? [namesake] : files;
    }

    // A fault of one library must not keep the others from loading: its error is reported beside its name.
    private static ConnectorLibrary Load(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        try
        {
            var factories = FactoriesOf(new ConnectorLoadContext(path).LoadFromAssemblyPath(path));
            if (factories.FirstOrDefault(factory => string.IsNullOrWhiteSpace(factory.Type)) is { } nameless)
                return new ConnectorLibrary(name, [], $"{nameless.GetType().Name} names no type");
            return factories.Count > 0
                ? new ConnectorLibrary(name, factories)
                : new ConnectorLibrary(name, [], "it has no public class that makes connectors");
        }
        catch (Exception error)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            return new ConnectorLibrary(name, [], $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
        }
    }
}
