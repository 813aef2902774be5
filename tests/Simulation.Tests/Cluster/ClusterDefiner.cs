using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// Silos that start with other definitions and indexed paths, or without some: each silo declares its own, so that what
/// is fed changes under all of them.
/// </summary>
internal sealed class ClusterDefiner(ClusterRun run)
{
    // Every message of a producer has values there.
    private static readonly string[] Paths = ["/item", "/amount", "/place"];
    private readonly Random random = run.World.Random;
    private readonly InMemoryStore store = new(run.Database);
    private int count;

    public async Task RunAsync()
    {
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(400)));
            count = Math.Max(0, count + (random.Next(4) == 0 ? -1 : 1));
            if (run.Any().Host.Silo is { } silo)
            {
                await store.Generations.DeclareAsync(
                    silo, [.. Enumerable.Range(1, count).Select(Propose)], [.. Paths.Where(_ => random.Next(3) == 0)],
                    CancellationToken.None);
            }
        }
    }

    private static DefinitionProposal Propose(int number) => new(
        $"name {number}", "hash", SiloDefinitions.Definition($"name-{number}", number % 2 == 0 ? "/group" : "/place"));
}
