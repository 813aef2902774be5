using Tributary.Grains.Items;
using Tributary.Pipeline.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>
/// A real program that ends without an answer again and again; the waits between its starts pass in virtual time.
/// </summary>
public sealed class ExecRestartTests : IAsyncLifetime
{
    private const int FailuresCount = 10;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginFiles files = new();
    private readonly PluginBench bench = new();

    // The clock of the program's pool, apart from the clock of the limits.
    private readonly PluginTime waits = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_program_that_failed_ten_times_starts_again_and_its_wait_is_not_part_of_the_limit()
    {
        files.Add("mended", "mended.py", """
            import json, os, sys
            for line in sys.stdin:
                if not os.path.exists("mended"):
                    sys.exit(3)
                print(json.dumps({"id": json.loads(line)["id"]}), flush=True)
            """);
        files.Add("mended", "plugin.json", """
            {"exec": {"command": "python3", "arguments": ["mended.py"], "version": "1", "media_types": "*/*"}}
            """);
        // Shorter than the longest wait between two starts, which is 10 s.
        bench.Options.TimeLimit = TimeSpan.FromSeconds(5);
        await using var host = await bench.StartAsync([.. files.Load(waits).Sources]);
        host.Bind(PluginBench.Register(host.Proposals));

        for (var i = 0; i < FailuresCount; i++)
            Assert.StartsWith(
                "plugin_failed: The program ended without an answer",
                (await RunAsync(host, i)).Error,
                StringComparison.Ordinal);
        files.Add("mended", "mended", "");

        Assert.Null((await RunAsync(host, FailuresCount)).Error);
        Assert.Equal(0, host.Statuses[0].Counts.HeldThreads);
    }

    // Whatever the pool waits for passes at once, on the clock of the limits as well.
    private async Task<PluginRun> RunAsync(PluginHost host, int number)
    {
        var run = host.Active.Plugins[0].RunAsync(PluginBench.Context(number: number), Cancellation).AsTask();
        while (!run.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (waits.Longest is { } wait)
            {
                bench.Time.Advance(wait);
                waits.Advance(wait);
            }

            await Task.Yield();
        }

        return await run;
    }
}
