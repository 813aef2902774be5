using Tributary.Grains.Items;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>Plugins that do not end.</summary>
public sealed class PluginLimitTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginBench bench = new();
    private readonly SemaphoreSlim entered = new(0);
    private readonly ManualResetEventSlim letGo = new();

    public void Dispose() => letGo.Set();

    /// <summary>Blocks its thread, whatever the token says.</summary>
    private FakePlugin Stubborn(string name = "stubborn") => new(name, (_, _) =>
    {
        entered.Release();
        letGo.Wait(CancellationToken.None);
        return new(PluginResult.Empty);
    });

    [Fact]
    public async Task A_run_that_stops_when_it_is_cancelled_has_timed_out()
    {
        var host = await bench.BoundAsync(new FakePlugin("slow", async (_, cancellation) =>
        {
            entered.Release();
            await Task.Delay(Timeout.Infinite, cancellation);
            return PluginResult.Empty;
        }));
        var running = await BeginAsync(host);

        bench.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(running.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var run = await running;

        Assert.Equal(("plugin_timeout: The plugin took longer than 60 s.", false), (run.Error, run.MayHelpToRetry));
        var counts = host.Statuses[0].Counts;
        Assert.Equal((1L, 1L, 1L, 0), (counts.Runs, counts.Failures, counts.Timeouts, counts.HeldThreads));
        Assert.Equal(TimeSpan.FromSeconds(60), counts.RecentP99);
    }

    [Fact]
    public async Task A_thread_that_is_not_given_back_is_given_up_after_the_grace_and_counted_until_it_returns()
    {
        var host = await bench.BoundAsync(Stubborn());
        var running = await BeginAsync(host);

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(running.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.StartsWith("plugin_timeout", (await running).Error);
        Assert.Equal((1, PluginState.Active), (host.Statuses[0].Counts.HeldThreads, host.Statuses[0].State));
        letGo.Set();
        await UntilAsync(() => host.Statuses[0].Counts.HeldThreads == 0);
        Assert.Equal(1, host.Statuses[0].Counts.Runs);
    }

    [Fact]
    public async Task A_plugin_that_keeps_three_threads_is_deactivated_and_the_others_go_on()
    {
        var host = await bench.BoundAsync(new FakePlugin("other", _ => PluginResult.Empty), Stubborn());
        var before = host.Active;
        var running = new List<Task<PluginRun>>();
        for (var i = 0; i < 3; i++)
            running.Add(await BeginAsync(host, "stubborn"));
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(running);
        await UntilAsync(() => host.Active.Number > before.Number);

        var runs = await PluginHostTests.RunAllAsync(host);

        Assert.StartsWith(
            "plugin_deactivated: The plugin did not give back 3 threads; allowed: fewer than 3.",
            runs["stubborn"].Error);
        Assert.True(runs["stubborn"].MayHelpToRetry);
        Assert.Null(runs["other"].Error);
        var status = host.Statuses.Single(one => one.Name == "stubborn");
        Assert.Equal((PluginState.Deactivated, runs["stubborn"].Error), (status.State, status.Reason));
        Assert.Equal(0, entered.CurrentCount);
        Assert.Contains(bench.Log, line => line.Contains("plugin_deactivated"));
    }

    [Fact]
    public async Task The_caller_can_end_a_run_and_it_is_no_failure()
    {
        var host = await bench.BoundAsync(new FakePlugin("slow", async (_, cancellation) =>
        {
            entered.Release();
            await Task.Delay(Timeout.Infinite, cancellation);
            return PluginResult.Empty;
        }));
        using var stop = new CancellationTokenSource();
        var running = await BeginAsync(host, cancellation: stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal(0, host.Statuses[0].Counts.Failures);
    }

    [Fact]
    public async Task A_caller_that_ends_a_stubborn_run_waits_for_the_grace_only()
    {
        var host = await bench.BoundAsync(Stubborn());
        using var stop = new CancellationTokenSource();
        var running = await BeginAsync(host, cancellation: stop.Token);
        await stop.CancelAsync();

        Assert.False(running.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, host.Statuses[0].Counts.HeldThreads);
    }

    [Fact]
    public async Task A_caller_that_was_cancelled_before_does_not_start_the_plugin()
    {
        var host = await bench.BoundAsync(Stubborn());

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
            await host.Active.Plugins[0].RunAsync(PluginBench.Context(), new CancellationToken(canceled: true)));

        Assert.Equal(0, entered.CurrentCount);
    }

    [Fact]
    public async Task A_plugin_that_throws_in_its_cancellation_harms_nobody()
    {
        var host = await bench.BoundAsync(new FakePlugin("odd", async (_, cancellation) =>
        {
            cancellation.Register(() => throw new InvalidOperationException("in the callback"));
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cancellation.Register(ended.SetResult);
            entered.Release();
            await ended.Task;
            return PluginResult.Empty;
        }));
        var running = await BeginAsync(host);

        bench.Time.Advance(TimeSpan.FromSeconds(60));

        // It came back with a result within its grace: that stands.
        Assert.Null((await running).Error);
        await UntilAsync(() =>
        {
            lock (bench.Log)
                return bench.Log.Exists(line => line.Contains("in the callback"));
        });
    }

    [Fact]
    public async Task A_limit_of_runs_at_once_makes_others_wait_outside_their_time_limit()
    {
        var host = await bench.StartAsync(PluginBench.Source(Stubborn()) with { MaxRunsCount = 1 });
        host.Bind(PluginBench.Register(host.Proposals));
        var first = await BeginAsync(host);
        var second = host.Active.Plugins[0].RunAsync(PluginBench.Context(number: 2), Cancellation).AsTask();

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.StartsWith("plugin_timeout", (await first).Error);
        await entered.WaitAsync(Cancellation);
        bench.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(second.IsCompleted);
        letGo.Set();

        Assert.Null((await second).Error);
    }

    [Fact]
    public async Task Runs_that_end_in_time_set_one_timer_together()
    {
        var host = await bench.BoundAsync(new FakePlugin("quick", _ => PluginResult.Empty));

        var before = bench.Time.SetCount;
        for (var i = 0; i < 1_000; i++)
            Assert.Null((await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation)).Error);

        Assert.Equal(1, bench.Time.SetCount - before);
        Assert.Equal(1_000, host.Statuses[0].Counts.Runs);
    }

    private async Task<Task<PluginRun>> BeginAsync(
        PluginHost host, string? name = null, CancellationToken? cancellation = null)
    {
        var plugin = host.Active.Plugins.First(one => name is null || one.Name == name);
        var running = plugin.RunAsync(PluginBench.Context(), cancellation ?? Cancellation).AsTask();
        await entered.WaitAsync(Cancellation);
        return running;
    }

    private static Task UntilAsync(Func<bool> isSo) => Waiting.UntilAsync(isSo);
}
