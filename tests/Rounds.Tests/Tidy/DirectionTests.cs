using System.Xml.Linq;

namespace Tributary.Rounds.Tests.Tidy;

/// <summary>
/// Dependencies point one way: what a project may name is said here, and a new project is added here.
/// </summary>
public sealed class DirectionTests
{
    // Each line names the projects directly and indirectly below one.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Grains.Abstractions"] = [],
        ["Plugins.Abstractions"] = ["Grains.Abstractions"],
        ["Connectors.Abstractions"] = ["Grains.Abstractions"],
        ["Storage.Abstractions"] = ["Plugins.Abstractions", "Grains.Abstractions"],
        ["GraphQL"] = [],
        ["Rounds"] = ["Storage.Abstractions", "Grains.Abstractions"],
        ["Feed"] = ["Storage.Abstractions", "Grains.Abstractions"],
        ["Grains"] = ["Plugins.Abstractions", "Connectors.Abstractions", "Grains.Abstractions"],
        ["Rounds.Orleans"] = ["Rounds", "Feed", "Storage.Abstractions", "Grains.Abstractions"],
        ["Storage"] = ["Storage.Abstractions", "Plugins.Abstractions", "Grains.Abstractions"],
        ["Pipeline"] =
        [
            "Grains", "Rounds", "Feed", "Storage.Abstractions", "Connectors.Abstractions", "Plugins.Abstractions",
            "Grains.Abstractions",
        ],
        ["Plugins"] = ["Pipeline"],
        ["Connectors"] = ["Connectors.Abstractions", "Grains.Abstractions"],
        ["Api"] = ["Pipeline", "GraphQL"],
        ["Silo"] = ["Api", "Connectors", "Plugins", "Pipeline", "Storage", "Rounds.Orleans"],
        ["PluginCsharp"] = ["Plugins.Abstractions", "Grains.Abstractions"],
        ["FolderMetadata"] = ["Connectors.Abstractions", "Grains.Abstractions"],
        // A host of its own takes the program for a library.
        ["OwnHost"] = ["Silo"],
        ["TestingHost"] = ["Storage", "Pipeline", "Rounds.Orleans"],
    };

    // What these may take from packages and shared frameworks, so that no database, broker or HTTP comes in by that
    // way.
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        // The interfaces and attributes of grains, and the generator of their proxies.
        ["Grains.Abstractions"] = ["Microsoft.Orleans.Sdk"],
        ["Plugins.Abstractions"] = [],
        ["Connectors.Abstractions"] = [],
        ["Storage.Abstractions"] = [],
        ["Feed"] = [],
        // Turns only: what waits is in Pipeline.
        ["Grains"] = [],
        ["Pipeline"] = ["MetadataExtractor", "System.IO.Hashing"],
        ["GraphQL"] = ["Microsoft.AspNetCore.App"],
        ["Rounds"] = ["Microsoft.Extensions.Logging.Abstractions", "Microsoft.Orleans.Sdk", "System.IO.Hashing"],
        // No web server comes with the rounds: clients and workers without one take them too.
        ["Rounds.Orleans"] = ["Microsoft.Orleans.Server", "Microsoft.Orleans.Reminders", "System.IO.Hashing"],
    };

    // They know no database, broker or server.
    private static readonly string[] PureProjects =
    [
        "Grains.Abstractions",
        "Plugins.Abstractions",
        "Connectors.Abstractions",
        "Storage.Abstractions",
        "Rounds",
        "Feed",
        "Grains",
        "Pipeline",
    ];

    [Fact]
    public void Projects_name_only_what_lies_below_them()
    {
        foreach (var (project, file) in Projects())
        {
            Assert.True(
                Allowed.ContainsKey(project), $"{project} is a new project: say in this test what it may depend on.");
            Assert.Empty(
                References(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(Allowed[project]));
        }
    }

    [Fact]
    public void The_engine_and_the_grains_take_in_no_database_broker_or_server()
    {
        foreach (var (project, file) in Projects().Where(pair => AllowedPackages.ContainsKey(pair.Project)))
            Assert.Empty(
                References(file, "PackageReference")
                    .Concat(References(file, "FrameworkReference"))
                    .Except(AllowedPackages[project]));

        var pure = Sources.Files(".cs")
            .Where(static file => PureProjects.Contains(file.Split('/')[0])).ToList();
        Assert.True(pure.Count > 50);
        Assert.Empty(Sources.Find(
            pure,
            @"\b(Npgsql|SQLitePCL|System\.Data|System\.Net\.(Http|Sockets)|Microsoft\.AspNetCore|HttpClient)\b"));
        Assert.Empty(Sources.Find(
            pure.Where(static file => file.StartsWith("Rounds/", StringComparison.Ordinal)),
            @"\busing Tributary\.(Grains|Pipeline|Feed|Api)\b"));
        Assert.Empty(Sources.Find(pure, @"(?i)""\s*(select|insert into|update|delete from)\s"));
    }

    [Fact]
    public void The_engine_sees_the_abstractions_of_Orleans_and_not_its_hosting()
    {
        string[] abstractions =
            ["Orleans.Core.Abstractions", "Orleans.Serialization", "Orleans.Serialization.Abstractions"];
        var named = typeof(RoundEnvironment).Assembly.GetReferencedAssemblies()
            .Select(static assembly => assembly.Name!)
            .Where(static name => name.StartsWith("Orleans", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(abstractions));
        // What these abstractions hold of hosting.
        var engine = Sources.Files(".cs").Where(file => file.StartsWith("Rounds/", StringComparison.Ordinal));
        Assert.Empty(Sources.Find(
            engine,
            @"\b(IGrainContext|IGrainFactory|IGrainRuntime|IClusterClient|SiloAddress|IGrainReferenceRuntime|"
                + @"Orleans\.(Hosting|Configuration))\b"));
    }

    private static IEnumerable<(string Project, string File)> Projects() =>
        Sources
            .Files(".csproj")
            .Where(file =>
                !file.StartsWith("tests/", StringComparison.Ordinal)
                && !file.StartsWith("bench/", StringComparison.Ordinal))
            .Select(file => (Path.GetFileNameWithoutExtension(file), file));

    private static IEnumerable<string> References(string file, string kind) =>
        XDocument
            .Parse(Sources.Read(file))
            .Descendants(kind)
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));
}
