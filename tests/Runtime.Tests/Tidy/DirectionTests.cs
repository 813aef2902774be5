using System.Xml.Linq;

namespace Tributary.Runtime.Tests.Tidy;

/// <summary>Dependencies point one way: what a project may name is said here, and a new project is added here.</summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Grains.Abstractions"] = [],
        ["GraphQL"] = [],
        ["Runtime"] = ["Grains.Abstractions"],
        ["Rounds.Orleans"] = ["Runtime", "Grains.Abstractions"],
        ["Grains"] = ["Runtime", "Grains.Abstractions"],
        ["Storage"] = ["Runtime", "Grains.Abstractions"],
        ["Plugins"] = ["Grains", "Runtime", "Grains.Abstractions"],
        ["Connectors"] = ["Grains", "Runtime", "Grains.Abstractions"],
        ["Api"] = ["GraphQL", "Grains", "Runtime", "Grains.Abstractions"],
        ["Silo"] =
        [
            "Api", "Connectors", "Plugins", "Storage", "GraphQL", "Grains", "Rounds.Orleans", "Runtime",
            "Grains.Abstractions",
        ],
        ["PluginCsharp"] = ["Grains.Abstractions"],
        ["FolderMetadata"] = ["Grains.Abstractions"],
        // A host of its own takes the program for a library.
        ["OwnHost"] = ["Silo"],
        ["TestingHost"] = ["Storage", "Grains", "Rounds.Orleans", "Runtime", "Grains.Abstractions"],
    };

    // What these may take from packages and shared frameworks, so that no database, broker or HTTP comes in by that way.
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        // The interfaces and attributes of grains, and the generator of their proxies.
        ["Grains.Abstractions"] = ["Microsoft.Orleans.Sdk"],
        ["Grains"] = ["MetadataExtractor", "System.IO.Hashing"],
        ["GraphQL"] = ["Microsoft.AspNetCore.App"],
        ["Runtime"] = ["Microsoft.Extensions.Logging.Abstractions", "Microsoft.Orleans.Sdk", "System.IO.Hashing"],
        // No web server comes with the rounds: clients and workers without one take them too.
        ["Rounds.Orleans"] = ["Microsoft.Orleans.Server", "System.IO.Hashing"],
    };

    [Fact]
    public void Projects_name_only_what_lies_below_them()
    {
        foreach (var (project, file) in Projects())
        {
            Assert.True(Allowed.ContainsKey(project), $"{project} is a new project: say in this test what it may depend on.");
            Assert.Empty(References(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(Allowed[project]));
        }
    }

    [Fact]
    public void The_engine_and_the_grains_take_in_no_database_broker_or_server()
    {
        foreach (var (project, file) in Projects().Where(pair => AllowedPackages.ContainsKey(pair.Project)))
            Assert.Empty(References(file, "PackageReference").Concat(References(file, "FrameworkReference")).Except(AllowedPackages[project]));

        var pure = Sources.Files(".cs").Where(file => file.StartsWith("Runtime/", StringComparison.Ordinal) || file.StartsWith("Grains", StringComparison.Ordinal)).ToList();
        Assert.True(pure.Count > 50);
        Assert.Empty(Sources.Find(pure, @"\b(Npgsql|SQLitePCL|System\.Data|System\.Net\.(Http|Sockets)|Microsoft\.AspNetCore|HttpClient)\b"));
        Assert.Empty(Sources.Find(pure.Where(file => file.StartsWith("Runtime/", StringComparison.Ordinal)), @"\busing Tributary\.(Grains|Storage|Api)\b"));
        Assert.Empty(Sources.Find(pure, @"(?i)""\s*(select|insert into|update|delete from)\s"));
    }

    [Fact]
    public void The_engine_sees_the_abstractions_of_Orleans_and_not_its_hosting()
    {
        string[] abstractions =
            ["Orleans.Core.Abstractions", "Orleans.Serialization", "Orleans.Serialization.Abstractions"];
        var named = typeof(SiloEnvironment).Assembly.GetReferencedAssemblies()
            .Select(static assembly => assembly.Name!)
            .Where(static name => name.StartsWith("Orleans", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(abstractions));
        // What these abstractions hold of hosting.
        var engine = Sources.Files(".cs").Where(file => file.StartsWith("Runtime/", StringComparison.Ordinal));
        Assert.Empty(Sources.Find(
            engine,
            @"\b(IGrainContext|IGrainFactory|IGrainRuntime|IClusterClient|SiloAddress|IGrainReferenceRuntime|Orleans\.(Hosting|Configuration))\b"));
    }

    private static IEnumerable<(string Project, string File)> Projects() =>
        Sources.Files(".csproj").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("bench/", StringComparison.Ordinal))
            .Select(file => (Path.GetFileNameWithoutExtension(file), file));

    private static IEnumerable<string> References(string file, string kind) =>
        XDocument.Parse(Sources.Read(file)).Descendants(kind).Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));
}
