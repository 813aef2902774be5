using Tributary.Storage;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// A store that has no room, or that does not answer: callers are told, what is the silo's own waits, and it all goes
/// on by itself.
/// </summary>
public sealed class FullDiskTests
{
    [Fact]
    public void Without_room_callers_are_refused_and_reads_go_on() => Run(async run =>
    {
        await run.Probe("a").Add(5);
        var isFull = true;
        run.Faults.Rule = operation =>
            isFull && operation.Call == StoreCall.Commit ? StoreFate.Full : StoreFate.Proceed;
        Assert.Equal("store_full", (await ErrorOfAsync<StoreException>(run.Probe("a").Add(1))).Code);
        Assert.Equal(StoreFault.Full, run.Host.Refusal?.Fault);
        // At the door, without a round.
        Assert.Equal(
            "store_full", (await Assert.ThrowsAsync<StoreException>(() => AwaitAsync(run.Probe("b").Add(1)))).Code);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(5, await run.Probe("a").Read());
            Assert.Equal(0, await run.Probe("c").Read());
            await run.World.Delay(TimeSpan.FromMilliseconds(300));
        }

        isFull = false;
        await run.UntilAsync(() => run.Host.Refusal is null);
        await run.Probe("a").Add(2);
        Assert.Equal(7, await run.Probe("a").Read());
        Assert.Empty(run.Database.Failures);
    });

    [Fact]
    public void What_waited_in_the_rounds_and_behind_them_is_answered_once() => Run(async run =>
    {
        var isFull = true;
        run.Faults.Rule = operation =>
            isFull && operation.Call == StoreCall.Commit ? StoreFate.Full : StoreFate.Proceed;
        run.Options.MaxRoundInputsCount = 3;
        var calls = Enumerable.Range(0, 50).Select(i => AwaitAsync(run.Probe($"{i}").Add(1))).ToList();
        foreach (var call in calls)
            Assert.Equal("store_full", (await Assert.ThrowsAsync<StoreException>(() => call)).Code);

        isFull = false;
        await run.UntilAsync(() => run.Host.Refusal is null);
        for (var i = 0; i < calls.Count; i++)
            Assert.Equal(0, await run.Probe($"{i}").Read());
    });

    [Fact]
    public void Deferred_calls_reminders_and_results_wait_for_room_and_happen_once() => Run(
        async run =>
        {
            var isFull = false;
            run.Faults.Rule = operation =>
                isFull && operation.Call == StoreCall.Commit ? StoreFate.Full : StoreFate.Proceed;
            await run.Probe("a").Do(Script.Of(probe =>
            {
                ProbeGrain.Tell(probe.Other("far").Add(7));
                probe.Remind("alarm", probe.Time.AddSeconds(2));
                probe.Start("job", "work");
            }));
            isFull = true;
            Assert.Equal("store_full", (await ErrorOfAsync<StoreException>(run.Probe("b").Add(1))).Code);
            await run.World.Delay(TimeSpan.FromMinutes(5));
            Assert.Empty(run.Database.Failures);
            Assert.DoesNotContain(run.Notes, note => note.Contains("rang", StringComparison.Ordinal));

            isFull = false;
            await run.UntilAsync(() => run.Database.Reminders.Count == 0 && run.Database.DeferredCalls.Count == 0);
            Assert.Equal(7, await run.Probe("far").Read());
            // The reminder and the result, once each.
            Assert.Equal(2, await run.Probe("a").Read());
            Assert.Empty(run.Database.Failures);
        },
        run => run.Activities["work"] = new Work());

    [Fact]
    public void A_disk_that_is_full_while_a_refused_round_is_halved_convicts_nobody_else() => Run(
        async run =>
        {
            var calls = Enumerable.Range(0, 8).Select(i => RefusalTests.Store(run,
                $"item {i}", i == 3 ? "poison" : "{}")).ToList();
            foreach (var call in calls)
            {
                var error = await Assert.ThrowsAnyAsync<TributaryException>(() => call);
                Assert.Contains(error.Code, (string[])["store_full", "refused_by_store"]);
            }

            await run.UntilAsync(() => run.Host.Refusal is null);
            await RefusalTests.Store(run, "after", "{}");

            Assert.Single(run.Database.Messages);
            Assert.Empty(run.Database.Failures);
        },
        run =>
        {
            run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8);
            run.Faults.ByCall[(StoreCall.Commit, 3)] = StoreFate.Full;
        });

    [Fact]
    public void A_silo_stops_in_order_while_its_disk_is_full() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        run.Faults.Rule = operation => operation.Call == StoreCall.Commit ? StoreFate.Full : StoreFate.Proceed;
        Assert.Equal("store_full", (await ErrorOfAsync<StoreException>(run.Probe("b").Add(1))).Code);
        await run.Host.StopAsync();

        run.Faults.Rule = null;
        await run.StartAsync();
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        Assert.Equal(7, await run.Probe("far").Read());
    });

    [Fact]
    public void A_store_that_is_away_refuses_callers_and_what_was_on_its_way_is_stored_once_when_it_is_back() => Run(
        async run =>
    {
        await run.Probe("a").Add(5);
        var isAway = true;
        run.Faults.Rule = _ => isAway ? StoreFate.Fail : StoreFate.Proceed;
        // The first is in the round whose fate is not known, the others behind it, or wait for what cannot be loaded.
        var calls = Enumerable.Range(0, 10).Select(i => AwaitAsync(run.Probe(i < 5 ? "a" : "new "
            + $"{i}").Add(1))).ToList();
        var read = AwaitAsync(run.Probe("a").Read());
        foreach (var call in calls.Append(read))
            Assert.Equal("store_transient", (await Assert.ThrowsAsync<StoreException>(() => call)).Code);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => AwaitAsync(run.Probe("b").Add(1)));
        Assert.Equal("store_transient", refusal.Code);
        Assert.Equal(StoreFault.Transient, run.Host.Refusal?.Fault);
        await run.World.Delay(TimeSpan.FromMinutes(5));

        isAway = false;
        await run.UntilAsync(() => run.Host.Refusal is null);
        await run.Probe("a").Add(100);
        Assert.InRange(await run.Probe("a").Read(), 105, 110);
        for (var i = 5; i < 10; i++)
            Assert.InRange(await run.Probe($"new {i}").Read(), 0, 1);
        Assert.Empty(run.Database.Failures);
    });

    private sealed class Work : IActivity
    {
        public ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) => new((object?)null);
    }
}
