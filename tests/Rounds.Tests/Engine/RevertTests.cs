using Tributary.Messages;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// What a refused round leaves: nothing, in the round itself and in the one on top of it. Each test fails when one kind
/// of effect is not taken back.
/// </summary>
public sealed class RevertTests
{
    private static readonly TimeSpan CommitTakes = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void States_go_back_in_the_refused_round_and_in_the_one_on_top() => Run(
        async run =>
        {
            await run.Probe("a").Add(1);
            await BringAsync(run, "poisoned");
            var refused = Task.WhenAll(AwaitAsync(run.Probe("a").Add(10)), PoisonAsync(run));
            await run.World.Delay(CommitTakes / 2);
            var onTop = Task.WhenAll(AwaitAsync(run.Probe("a").Add(100)), AwaitAsync(run.Probe("new").Add(5)));
            await refused;
            await onTop;

            Assert.Equal(111, await run.Probe("a").Read());
            Assert.Equal(5, await run.Probe("new").Read());
            Assert.Equal(0, await run.Probe("poisoned").Read());
        },
        Slow);

    [Fact]
    public void Merged_calls_that_were_not_applied_yet_are_forgotten_and_made_again() => Run(
        async run =>
        {
            await BringAsync(run, "poisoned", "a", "b");
            var refused = PoisonAsync(run);
            await run.World.Delay(CommitTakes / 2);
            var onTop = AwaitAsync(run.Probe("a").Do(Script.Of(
                probe => ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 2 })))));
            await refused;
            await onTop;

            Assert.Equal(2, await run.Probe("b").Read());
        },
        Slow);

    [Fact]
    public void External_ids_are_free_again() => Run(
        async run =>
        {
            var refused = PoisonAsync(run);
            var beside = AwaitAsync(run.Probe("a").Do(Named(run, "beside")));
            await run.World.Delay(CommitTakes / 2);
            var onTop = AwaitAsync(run.Probe("b").Do(Named(run, "on top")));
            await refused;
            await beside;
            await onTop;

            Assert.Equal(2, run.Database.Messages.Count);
        },
        Slow);

    [Fact]
    public void A_reminder_that_fired_in_a_refused_round_fires_again_and_counts_once() => Run(
        async run =>
        {
            await BringAsync(run, "poisoned", "b");
            await run.Probe("a").Do(Script.Of(probe => probe.Remind("bell", probe.Time.AddMilliseconds(200))));
            // A commit is under way when the bell rings, so that bell and poison meet in the round on top of it.
            await run.World.Delay(TimeSpan.FromMilliseconds(110));
            var first = AwaitAsync(run.Probe("b").Add(1));
            await run.World.Delay(TimeSpan.FromMilliseconds(5));
            var refused = PoisonAsync(run);
            Assert.Empty(run.Notes);
            await first;
            await refused;
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(1, await run.Probe("a").Read());
        },
        run =>
        {
            Slow(run);
            run.Faults.DelayBefore = operation =>
                operation.Call == StoreCall.Commit ? new ValueTask(run.World.Delay(CommitTakes * 3)) : default;
        });

    [Fact]
    public void Inputs_run_again_in_the_order_in_which_they_came() => Run(
        async run =>
        {
            await BringAsync(run, "poisoned", "a");
            var calls = Enumerable.Range(1, 6).Select(i => AwaitAsync(run.Probe("a").Do(Digit(i)))).ToList();
            var refused = PoisonAsync(run);
            await run.World.Delay(CommitTakes / 2);
            calls.Add(AwaitAsync(run.Probe("a").Do(Digit(7))));
            await Task.WhenAll(calls);
            await refused;

            Assert.Equal(1234567, await run.Probe("a").Read());
        },
        Slow);

    [Fact]
    public void A_round_that_waited_behind_a_refused_one_is_not_committed_on_top_of_nothing() => Run(
        async run =>
        {
            await run.Probe("a").Add(1);
            await BringAsync(run, "poisoned");
            var refused = Task.WhenAll(AwaitAsync(run.Probe("a").Add(10)), PoisonAsync(run));
            await run.World.Delay(CommitTakes / 2);
            // Full, so that it is offered to the committer before the loop hears of the refusal.
            var onTop = Task.WhenAll(AwaitAsync(run.Probe("a").Add(100)), AwaitAsync(run.Probe("a").Add(1_000)));
            await refused;
            await onTop;

            Assert.Equal(1111, await run.Probe("a").Read());
        },
        run =>
        {
            Slow(run);
            run.Options.MaxRoundInputsCount = 2;
        });

    private static void Slow(EngineRun run)
    {
        run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8);
        run.Faults.DelayBefore = operation =>
            operation.Call == StoreCall.Commit ? new ValueTask(run.World.Delay(CommitTakes)) : default;
    }

    // Calls to grains that are here run at once, and in the order in which they were made.
    private static Task BringAsync(EngineRun run, params string[] keys) =>
        Task.WhenAll(keys.Select(key => AwaitAsync(run.Probe(key).Read())));

    private static async Task PoisonAsync(EngineRun run)
    {
        var error = await ErrorOfAsync<TributaryException>(run.Probe("poisoned").Do(Script.Of(probe =>
        {
            probe.Value = 1;
            probe.Store(Messages.New(run.World, body: "poison"));
        })));
        Assert.Equal("refused_by_store", error.Code);
    }

    private static Script Digit(int digit) => Script.Of(probe => probe.Value = (probe.Value * 10) + digit);

    private static Script Named(EngineRun run, string externalId) => new(Storing(run, externalId).Run)
    {
        External = ExternalKey.Of("test", "item", externalId),
    };

    private static Script Storing(EngineRun run, string externalId) =>
        Script.Of(probe => probe.Store(Messages.New(run.World, externalId)));
}
