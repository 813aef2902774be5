using System.Text;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Simulation.Tests.Scenarios;
using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// By what one process counts messages: two aggregates that never change, and those that are fed as far as the process
/// knows; and the paths whose values it finds. It learns late, as processes do.
/// </summary>
internal sealed class SiloDefinitions(ClusterRun run)
{
    private static readonly DefinedGeneration[] Lasting =
    [
        new(1, AggregateDefinition.Parse(Definition("by-group", "/group"))),
        new(2, AggregateDefinition.Parse(Definition("by-place", "/place"))),
    ];

    private readonly InMemoryStore reads = new(run.Database);
    private IReadOnlyList<IndexedPath> paths = [];
    private long version;

    public ContributionCalculator Calculator { get; } = new(Lasting);

    /// <summary>The definition of an aggregate of one value, which is summed up by the value at a place.</summary>
    public static ReadOnlyMemory<byte> Definition(string name, string group) => Encoding.UTF8.GetBytes(
        $$"""
        {"name":"{{name}}","group":[{"name":"g","pointer":"{{group}}"}],
        "measures":[{"name":"s","kind":"sum","pointer":"/amount"}]}
        """);

    public async Task LearnAsync()
    {
        var stored = await reads.Generations.ReadAsync(CancellationToken.None);
        if (stored.Version <= version)
            return;
        version = stored.Version;
        if (paths.Count == 0 || run.Sabotage != Sabotage.IndexByOldPaths)
            paths = [.. stored.IndexedPaths.Select(IndexedPath.Of)];
        Calculator.Replace(
            [.. Lasting, .. stored.Rows.Where(static row => row.IsFed).Select(Defined)], paths, stored.Version);
    }

    /// <summary>Completes when messages are counted by this version or a later one.</summary>
    public async ValueTask UpToAsync(long wanted)
    {
        while (version < wanted)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(run.World.Random.Next(30)));
            await LearnAsync();
        }
    }

    private static DefinedGeneration Defined(DefinitionRow row) =>
        new(ItemPromises.GenerationOf(row), AggregateDefinition.Parse(row.Definition));
}
