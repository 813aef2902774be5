using Tributary.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// Partitions that come and go between silos, with the environment variables of <see cref="SeedsTests"/>.
/// </summary>
public sealed class ClusterSeedsTests
{
    private const int MaxFailuresCount = 5;
    private const int CanarySeedsCount = 300;

    [Fact]
    public void Whoever_owns_a_partition_its_promises_hold()
    {
        var (first, count) = SeedsTests.Seeds();
        var failed = new List<string>();
        var (moves, misses, crashes, stops) = (0L, 0L, 0, 0);
        var (taken, late, bundles) = (0L, 0L, 0L);
        var (lost, subscriptions, unheard, refused) = (0L, 0L, 0L, 0L);
        for (var seed = first; seed < first + count && failed.Count < MaxFailuresCount; seed++)
        {
            var run = new ClusterRun(seed);
            try
            {
                run.Run();
                (moves, misses) = (moves + run.MovesCount, misses + run.MissesCount);
                (taken, late) = (taken + run.Hints.TakenCount, late + run.Hints.LateCount);
                bundles += run.BundlesCount;
                (lost, unheard) = (lost + run.Promises.LostCount, unheard + run.NotHeardCount);
                (subscriptions, refused) =
                    (subscriptions + run.SubscriptionsCount, refused + run.Database.Failures.Count);
                (crashes, stops) = (crashes + run.CrashCount, stops + run.StopCount);
            }
            catch (SimulationException error)
            {
                failed.Add($"{error}\n{run.Describe()}");
            }
        }

        Assert.True(failed.Count == 0, $"Replay with SIMULATION_SEED=N:\n{string.Join("\n\n", failed)}");
        Assert.True(moves >= count * 20L, $"Only {moves} moves in {count} runs: the world is too tame.");
        Assert.True(misses >= count, $"Only {misses} takes of what another silo owns in {count} runs.");
        Assert.True(taken >= count, $"Only {taken} hints of rows were taken in {count} runs.");
        Assert.True(late >= count, $"Only {late} hints of rows were late in {count} runs.");
        Assert.True(bundles >= count, $"Only {bundles} rows of several calls in {count} runs.");
        Assert.True(lost >= count / 4, $"Only {lost} calls were lost with their silos in {count} runs.");
        Assert.True(refused >= count / 4, $"Only {refused} calls were refused for their data in {count} runs.");
        Assert.True(subscriptions >= count * 3L, $"Only {subscriptions} subscriptions in {count} runs.");
        Assert.True(unheard >= count, $"Silos were not heard only {unheard} times in {count} runs.");
        Assert.True(crashes >= count / 4, $"Only {crashes} crashes in {count} runs.");
        Assert.True(stops >= count / 20, $"Only {stops} stops in {count} runs.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var first = new ClusterRun(7);
        var second = new ClusterRun(7);
        first.Run();
        second.Run();

        Assert.Equal(first.World.StepCount, second.World.StepCount);
        Assert.Equal(first.World.Time.Elapsed, second.World.Time.Elapsed);
        Assert.Equal(first.Log.Count, second.Log.Count);
        Assert.Equal(first.SubscriptionsCount, second.SubscriptionsCount);
    }

    [Theory]
    [InlineData((int)Sabotage.RunElsewhere)]
    [InlineData((int)Sabotage.TakeForGranted)]
    [InlineData((int)Sabotage.KeepTenure)]
    [InlineData((int)Sabotage.KeepGiven)]
    [InlineData((int)Sabotage.DropDeferred)]
    [InlineData((int)Sabotage.HintBeforePoll)]
    [InlineData((int)Sabotage.HintAgain)]
    [InlineData((int)Sabotage.CountByOldDefinitions)]
    [InlineData((int)Sabotage.IndexByOldPaths)]
    [InlineData((int)Sabotage.MakeAgain)]
    [InlineData((int)Sabotage.WriteDead)]
    [InlineData((int)Sabotage.DropRefused)]
    [InlineData((int)Sabotage.LoseHints)]
    [InlineData((int)Sabotage.ReadBeyondHorizon)]
    [InlineData((int)Sabotage.ForgetDoubts)]
    public void A_broken_engine_is_caught(int sabotage)
    {
        for (var seed = 1; seed <= CanarySeedsCount; seed++)
        {
            try
            {
                new ClusterRun(seed, (Sabotage)sabotage).Run();
            }
            catch (SimulationException)
            {
                return;
            }
        }

        Assert.Fail($"{CanarySeedsCount} seeds did not notice that the engine does this: {(Sabotage)sabotage}.");
    }
}
