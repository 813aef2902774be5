using Tributary.Storage;
using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// Changes definitions while messages come, as silos with other configurations do: mostly one more, now and then one
/// fewer.
/// </summary>
public sealed class Definer(Scenario scenario)
{
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
                    silo, [.. Enumerable.Range(1, count).Select(Propose)], CancellationToken.None);
            }
        }
    }

    private static DefinitionProposal Propose(int number) => new($"name {number}", "hash", "{}"u8.ToArray());
}
