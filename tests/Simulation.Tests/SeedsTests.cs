using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests;

public sealed class SeedsTests
{
    // More seeds, seeds from another one on, or one seed again: set these environment variables.
    private const string SeedsVariable = "SIMULATION_SEEDS";
    private const string FirstVariable = "SIMULATION_FIRST";
    private const string SeedVariable = "SIMULATION_SEED";

    private const int SeedsCount = 2_000;
    private const int MaxFailuresCount = 5;

    [Fact]
    public void Whatever_happens_to_a_silo_its_promises_hold()
    {
        var (first, count) = Seeds();
        var failed = new List<string>();
        var (crashes, stops) = (0, 0);
        for (var seed = first; seed < first + count && failed.Count < MaxFailuresCount; seed++)
        {
            var scenario = new Scenarios.Scenario(seed);
            try
            {
                scenario.Run();
                crashes += scenario.CrashCount;
                stops += scenario.StopCount;
            }
            catch (SimulationException error)
            {
                failed.Add(error.ToString());
            }
        }

        Assert.True(failed.Count == 0, $"Replay with {SeedVariable}=N:\n{string.Join("\n\n", failed)}");
        Assert.True(crashes >= count / 4, $"Only {crashes} crashes in {count} runs: the faults are too tame.");
        Assert.True(stops >= count / 20, $"Only {stops} stops in {count} runs.");
    }

    internal static (int First, int Count) Seeds() =>
        Number(SeedVariable) is { } seed ? (seed, 1)
            : (Number(FirstVariable) ?? 1, Number(SeedsVariable) ?? SeedsCount);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
