using Tributary.Rounds.Held;
using Tributary.Storage;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// Somebody who has failed calls made again, now and then twice at once, and in the end until none is left.
/// </summary>
public sealed class Operator(Scenario scenario)
{
    private readonly Random random = scenario.World.Random;

    public async Task RunAsync()
    {
        for (var left = random.Next(3, 12); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(400)));
            await TryOneAsync();
        }
    }

    /// <summary>Nothing throws any more: what failed is made again.</summary>
    public async Task FinishAsync()
    {
        for (var i = 0; scenario.Database.Failures.Count > 0; i++)
        {
            if (i > 1_000)
                throw new InvalidOperationException(
                    $"{scenario.Database.Failures.Count} failures are never made again.");
            await TryOneAsync();
        }
    }

    private async Task TryOneAsync()
    {
        var failures = scenario.Database.Failures;
        if (failures.FirstOrDefault(failure =>
            !failure.Error.EndsWith(Jam.Message, StringComparison.Ordinal)) is { } wrong)
            throw new InvalidOperationException(
                $"A call of {wrong.Target} failed that nothing made throw: {wrong.Error}");
        if (failures.Count == 0)
            return;
        var id = failures[random.Next(failures.Count)].Id;
        var crashed = scenario.Crashed;
        var answers = Enumerable.Range(0, random.Next(1, 3)).Select(_ => AskAsync(id, crashed)).ToList();
        var outcomes = new List<AgainOutcome?>();
        foreach (var answer in answers)
            outcomes.Add(await answer);
        if (outcomes.Count(outcome => outcome is AgainOutcome.Made or AgainOutcome.Failed or AgainOutcome.Held) > 1)
            throw new InvalidOperationException(
                $"The failed call {id} was made again twice: {string.Join(", ", outcomes)}.");
        if (outcomes.Exists(outcome => outcome is not null) && scenario.Database.Failures.Any(failure =>
            failure.Id == id))
            throw new InvalidOperationException($"The failed call {id} was made again and is there still.");
    }

    private async Task<AgainOutcome?> AskAsync(Guid id, Task crashed)
    {
        try
        {
            var answer = scenario.Track(AwaitAsync(scenario.Host.MakeAgainAsync(id)));
            if (await Task.WhenAny(answer, crashed) == answer)
                return (await answer).Outcome;
        }
        catch (OverloadedException)
        {
            scenario.Promises.OverloadsCount++;
        }
        catch (StoreException error) when (error.IsPassing)
        {
            scenario.Promises.StoreRefusalsCount++;
        }

        await scenario.BackOffAsync();
        return null;
    }

    // Awaited in the world: what waits for several tasks goes on in the thread pool otherwise.
    private static async Task<AgainResult> AwaitAsync(Task<AgainResult> answer) => await answer;
}
