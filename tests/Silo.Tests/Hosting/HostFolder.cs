using System.Text.Json;
using Tributary.Pipeline.Definitions;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>A folder for the database of a host that a test starts in this process.</summary>
internal sealed class HostFolder : IDisposable
{
    private const string ByStation =
        """
        [{"name":"by-station","group":[{"name":"station","pointer":"/station"}],
          "measures":[{"name":"readings","kind":"count"}]}]
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-host-");

    /// <summary>Listens on a free port, keeps its data here, counts readings by station.</summary>
    public SiloConfig Config => new()
    {
        Listen = ["http://127.0.0.1:0"],
        DataDirectory = Path.Combine(folder.FullName, "data"),
        Pipeline = new PipelineConfig { ScratchDirectory = Path.Combine(folder.FullName, "scratch") },
        Aggregates = AggregateDefinition.ParseAll(JsonElement.Parse(ByStation)),
        LogLevel = Microsoft.Extensions.Logging.LogLevel.Error,
    };

    public void Dispose() => folder.Delete(recursive: true);
}
