namespace Tributary.Simulation.Tests.Processing;

/// <summary>
/// Whatever happens to the process and to what it works with, each message is processed to its end, and counts once.
/// </summary>
public sealed class ProcessingSeedsTests
{
    private const int SeedsCount = 30;

    [Fact]
    public void Every_message_is_completed_and_counted_once()
    {
        var crashes = 0;
        var failures = 0;
        for (var seed = 0; seed < SeedsCount; seed++)
        {
            var run = new ProcessingRun(seed);
            run.Run();
            crashes += run.CrashCount;
            failures += run.FailureCount;
        }

        // The runs went through what they are for.
        Assert.True(crashes > SeedsCount, $"{crashes} crashes");
        Assert.True(failures > 20 * SeedsCount, $"{failures} failures");
    }
}
