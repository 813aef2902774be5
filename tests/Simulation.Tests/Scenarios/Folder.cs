using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// Folds what dead incarnations left while everything else goes on, in small steps as another silo does.
/// </summary>
public sealed class Folder(Scenario scenario)
{
    // Longer than a process stands still before it asks what became of its last round.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);

    private readonly Random random = scenario.World.Random;
    private readonly InMemoryStore store = new(scenario.Database);

    public async Task RunAsync()
    {
        for (var left = random.Next(1, 12); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(400)));
            await store.Folds.FoldAsync(random.Next(1, 20), Keep, CancellationToken.None);
        }
    }

    /// <summary>
    /// Folds all that is left while no silo runs: the counts are those of the messages at every position.
    /// </summary>
    public async Task FinishAsync()
    {
        while ((await store.Folds.FoldAsync(50, TimeSpan.Zero, CancellationToken.None)).IsMore)
        {
            // Further steps fold the rest.
        }

        var messages = scenario.Database.Messages;
        for (var index = 0; index <= messages.Count; index++)
        {
            var below = index < messages.Count ? messages[index].Position : new Position(long.MaxValue);
            var count = await store.Messages.CountBelowAsync(below, CancellationToken.None);
            if (count != index)
                throw new InvalidOperationException($"{index} messages lie below {below}, and {count} are counted.");
        }
    }
}
