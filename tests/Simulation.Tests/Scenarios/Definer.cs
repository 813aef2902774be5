using Tributary.Storage;
using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// Changes definitions and indexed paths while messages come, as silos with other configurations do: mostly one
/// definition more, now and then one fewer, and any paths.
/// </summary>
public sealed class Definer(Scenario scenario)
{
    private static readonly string[] Paths = ["/amount", "/other"];
    private readonly Random random = scenario.World.Random;
    private readonly InMemoryStore store = new(scenario.Database);
    private int count;

    public async Task RunAsync()
    {
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(400)));
            count = Math.Max(0, count + (random.Next(4) == 0 ? -1 : 1));
            if (scenario.Host.Silo is { } silo)
            {
                await store.Generations.DeclareAsync(
                    silo, [.. Enumerable.Range(1, count).Select(Propose)], [.. Paths.Where(_ => random.Next(3) > 0)],
                    CancellationToken.None);
            }
        }
    }

    private static DefinitionProposal Propose(int number) => new($"name {number}", "hash", "{}"u8.ToArray());
}
