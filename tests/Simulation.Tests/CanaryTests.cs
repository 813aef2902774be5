using Tributary.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests;

/// <summary>
/// An engine that is broken on purpose must not get through: a check that cannot fail checks nothing.
/// </summary>
public sealed class CanaryTests
{
    private const int SeedsCount = 300;

    [Theory]
    [InlineData((int)Sabotage.AnswerEarly)]
    [InlineData((int)Sabotage.TakeDoubtForNo)]
    [InlineData((int)Sabotage.ForgetToRevert)]
    [InlineData((int)Sabotage.RunAhead)]
    [InlineData((int)Sabotage.DropDeferred)]
    [InlineData((int)Sabotage.KeepFinished)]
    [InlineData((int)Sabotage.CountStale)]
    [InlineData((int)Sabotage.ForgetParts)]
    [InlineData((int)Sabotage.DropRefused)]
    [InlineData((int)Sabotage.TakeFullForDone)]
    [InlineData((int)Sabotage.DropSetAside)]
    [InlineData((int)Sabotage.FailUnreadable)]
    [InlineData((int)Sabotage.DropHeld)]
    [InlineData((int)Sabotage.KeepFailed)]
    [InlineData((int)Sabotage.ForgetStarts)]
    [InlineData((int)Sabotage.CondemnBystanders)]
    [InlineData((int)Sabotage.CountByOldDefinitions)]
    public void A_broken_engine_is_caught(int sabotage)
    {
        for (var seed = 1; seed <= SeedsCount; seed++)
        {
            try
            {
                new Scenarios.Scenario(seed, (Sabotage)sabotage).Run();
            }
            catch (SimulationException)
            {
                return;
            }
        }

        Assert.Fail($"{SeedsCount} seeds did not notice that the engine does this: {(Sabotage)sabotage}.");
    }
}
