using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.InMemory;

namespace Tributary.Rounds.Tests.Hosting;

/// <summary>The engine on real threads.</summary>
public sealed class ThreadSchedulerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task No_wake_is_lost_under_contention()
    {
        const int ThreadsCount = 3;
        const int RoundsCount = 20_000;
        var asked = new long[ThreadsCount];
        var answered = new long[ThreadsCount];
        var loop = new ThreadScheduler(static _ => { }).StartLoop(() =>
        {
            for (var i = 0; i < ThreadsCount; i++)
                Volatile.Write(ref answered[i], Volatile.Read(ref asked[i]));
        });

        // Each asks with a plain store and a wake, and asks again when it was answered: a lost wake would be waited for
        // in vain.
        var threads = Enumerable
            .Range(0, ThreadsCount)
            .Select(i =>
                Task.Factory.StartNew(
                    () =>
                    {
                        for (var round = 1; round <= RoundsCount; round++)
                        {
                            asked[i] = round;
                            loop.Wake();
                            Assert.True(
                                SpinWait.SpinUntil(() => Volatile.Read(ref answered[i]) == round, Patience),
                                $"The wake of round {round} was lost.");
                        }
                    },
                    TestContext.Current.CancellationToken,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default));
        await Task.WhenAll(threads);
        loop.Stop();
    }

    [Fact]
    public async Task A_stopped_loop_takes_no_more_steps()
    {
        var steps = 0;
        using var stepped = new SemaphoreSlim(0);
        var loop = new ThreadScheduler(static _ => { }).StartLoop(() =>
        {
            Interlocked.Increment(ref steps);
            stepped.Release();
        });
        loop.Wake();
        Assert.True(await stepped.WaitAsync(Patience, TestContext.Current.CancellationToken));
        loop.Stop();
        var seen = Volatile.Read(ref steps);
        loop.Wake();

        Assert.InRange(Volatile.Read(ref steps), seen, seen + 1);
    }

    [Fact]
    public async Task A_stop_leaves_no_caller_without_an_answer()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await using var store = new InMemoryStore(new InMemoryDatabase(TimeProvider.System));
            var types = new RoundGrainTypes(GeneratedProxies.Standalone).Add<IEchoGrain, EchoGrain>("echo", () =>
                new EchoGrain());
            var host = new RoundEngine(
                new RoundOptions(),
                store,
                types,
                new Dictionary<string, IActivity>(),
                RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
                NullLogger<RoundEngine>.Instance);
            await host.StartAsync(TestContext.Current.CancellationToken);
            using var busy = new CountdownEvent(4);
            var clients = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
            {
                await host.Grains.GetGrain<IEchoGrain>($"{i}").Echo(i);
                busy.Signal();
                await Assert.ThrowsAsync<OverloadedException>(async () =>
                {
                    while (true)
                        await host.Grains.GetGrain<IEchoGrain>($"{i}").Echo(i);
                });
            })).ToList();
            Assert.True(busy.Wait(Patience, TestContext.Current.CancellationToken));
            await host.StopAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
            await Task.WhenAll(clients).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    public interface IEchoGrain : IGrainWithStringKey
    {
        ValueTask<int> Echo(int value);
    }

    private sealed class EchoGrain : RoundGrain, IEchoGrain
    {
        public ValueTask<int> Echo(int value) => ValueTask.FromResult(value);
    }
}
