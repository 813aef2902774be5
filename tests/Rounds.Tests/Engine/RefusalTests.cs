using System.Text;
using Tributary.Messages;
using Tributary.Storage;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Rounds that the database refuses for their data, doubtful commits, and incarnations that end.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Poison_is_refused_alone_and_its_neighbours_are_stored() => Run(
        async run =>
        {
            var calls = Enumerable.Range(0, 20).Select(i => Store(run, $"item {i}", i == 7 ? "poison" : "{}")).ToList();
            var error = await Assert.ThrowsAsync<TributaryException>(() => calls[7]);
            calls.RemoveAt(7);
            await Task.WhenAll(calls);

            Assert.Equal("refused_by_store", error.Code);
            Assert.Equal(19, run.Database.Messages.Count);
            Assert.Empty(run.Database.Failures);
        },
        run => run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8));

    [Fact]
    public void A_state_that_cannot_be_written_is_refused_alone() => Run(async run =>
    {
        var bad = AwaitAsync(run.Probe("a").Do(Script.Of(probe => probe.Weight = double.NaN)));
        var good = AwaitAsync(run.Probe("b").Add(2));
        var error = await Assert.ThrowsAsync<TributaryException>(() => bad);
        await good;

        Assert.Equal("refused_by_store", error.Code);
        Assert.Equal(0, await run.Probe("a").Read());
        Assert.Equal(2, await run.Probe("b").Read());
    });

    [Fact]
    public void A_refused_deferred_call_becomes_a_failure_with_its_arguments() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
            run.Faults.ByCall[(StoreCall.Commit, 3)] = StoreFate.Reject;
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            var failure = Assert.Single(run.Database.Failures);
            Assert.Equal("[7]", Encoding.UTF8.GetString(failure.Arguments.Span));
            Assert.StartsWith("refused_by_store", failure.Error, StringComparison.Ordinal);
            Assert.Equal(0, await run.Probe("far").Read());
        });

    [Fact]
    public void A_failure_that_is_refused_as_well_is_kept_without_its_arguments() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        run.Faults.ByCall[(StoreCall.Commit, 3)] = StoreFate.Reject;
        run.Faults.ByCall[(StoreCall.Commit, 4)] = StoreFate.Reject;
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal(0, Assert.Single(run.Database.Failures).Arguments.Length);
    });

    [Theory]
    [InlineData(StoreFate.LoseAnswer)]
    [InlineData(StoreFate.HappenLate)]
    [InlineData(StoreFate.Fail)]
    public void A_commit_whose_answer_was_lost_is_resolved(StoreFate fate) => Run(
        async run =>
        {
            await Store(run, "item", "{}");

            Assert.Single(run.Database.Messages);
            Assert.Equal(1, await run.Probe("item").Read());
        },
        run =>
        {
            run.Faults.ByCall[(StoreCall.Commit, 2)] = fate;
            run.Faults.ByCall[(StoreCall.Resolve, 1)] = StoreFate.Fail;
        });

    [Fact]
    public void A_silo_that_was_declared_dead_joins_again_and_runs_what_was_not_durable() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        var first = run.Store.Joined!.Value;
        run.Database.DeclareDead(first);
        var calls = Enumerable.Range(0, 10).Select(i => AwaitAsync(run.Probe("a").Add(1))).ToList();
        await Task.WhenAll(calls);

        Assert.NotEqual(first, run.Store.Joined!.Value);
        Assert.Equal(11, await run.Probe("a").Read());
    });

    [Fact]
    public void A_fenced_silo_answers_no_read() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        run.Database.DeclareDead(run.Store.Joined!.Value);
        Assert.Equal(1, await run.Probe("a").Read());

        Assert.Equal(2, run.Store.Joined!.Value.Value);
    });

    [Fact]
    public void A_stop_while_the_silo_rejoins_answers_everything_and_ends() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        run.Faults.ByCall[(StoreCall.Join, 2)] = StoreFate.Fail;
        run.Faults.ByCall[(StoreCall.Join, 3)] = StoreFate.Fail;
        run.Database.DeclareDead(run.Store.Joined!.Value);
        var call = AwaitAsync(run.Probe("a").Add(1));
        await run.UntilAsync(() => !run.Host.IsReady);
        await run.Host.StopAsync();
        await call;

        await run.StartAsync();
        Assert.Equal(2, await run.Probe("a").Read());
    });

    [Fact]
    public void A_store_that_is_down_for_minutes_costs_an_answer_and_nothing_else() => Run(async run =>
    {
        var isDown = true;
        run.Options.ResponseTimeout = TimeSpan.FromHours(1);
        run.Faults.DelayBefore = async operation =>
        {
            if (isDown && operation.Call == StoreCall.Commit)
                throw new StoreException(StoreFault.Transient, "The store is down.");
            if (isDown)
                await run.World.Delay(TimeSpan.FromSeconds(30));
        };
        var call = Store(run, "item", "{}");
        var before = run.World.StepCount;
        await run.World.Delay(TimeSpan.FromMinutes(10));
        Assert.InRange(run.World.StepCount - before, 1, 5_000);
        Assert.Equal("store_transient", (await Assert.ThrowsAsync<StoreException>(() => call)).Code);
        isDown = false;

        await run.UntilAsync(() => run.Database.Messages.Count > 0);
        Assert.Single(run.Database.Messages);
    });

    [Fact]
    public void An_idle_silo_commits_its_heartbeat() => Run(async run =>
    {
        var commits = 0;
        run.Faults.DelayBefore = operation =>
        {
            commits += operation.Call == StoreCall.Commit ? 1 : 0;
            return default;
        };
        await run.World.Delay(TimeSpan.FromSeconds(60));

        Assert.InRange(commits, 50, 61);
    });

    [Fact]
    public void A_turn_that_takes_an_external_id_twice_fails_and_the_silo_goes_on() => Run(async run =>
    {
        var known = Script.Of(probe => probe.Store(Messages.New(run.World, "key")));
        var error = await ErrorOfAsync<InvalidOperationException>(run.Probe("a").Do(known));
        Assert.Contains("needs do not name", error.Message, StringComparison.Ordinal);

        var named = new Script(known.Run) { External = ExternalKey.Of("test", "item", "key") };
        await run.Probe("a").Do(named);
        Assert.Equal("external_id_taken", (await ErrorOfAsync<TributaryException>(run.Probe("a").Do(named))).Code);

        Assert.Single(run.Database.Messages);
    });

    [Fact]
    public void An_external_id_is_one_within_its_partition() => Run(async run =>
    {
        var partitioner = new Partitions.Partitioner(16);
        var keys = Enumerable.Range(0, 100).Select(i => $"item {i}").GroupBy(key =>
            partitioner.Of(new RoundGrainId("probe", key))).Take(2).Select(group => group.First()).ToList();
        Script Named() =>
            new(Script.Of(probe =>
                probe.Store(Messages.New(run.World, "key"))).Run) { External = ExternalKey.Of("test", "item", "key") };
        await run.Probe(keys[0]).Do(Named());
        await run.Probe(keys[1]).Do(Named());
        Assert.Equal(
            "external_id_taken", (await ErrorOfAsync<TributaryException>(run.Probe(keys[0]).Do(Named()))).Code);

        Assert.Equal(2, run.Database.Messages.Count);
    });

    internal static Task Store(EngineRun run, string item, string body)
    {
        var script = Script.Of(probe =>
        {
            probe.Value++;
            probe.Store(Messages.New(run.World, body: body));
        });
        return AwaitAsync(run.Probe(item).Do(script));
    }
}
