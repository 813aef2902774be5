using Tributary.Messages;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What callers and grains wrote fails their own calls and nothing else.</summary>
public sealed class BadCallTests
{
    [Fact]
    public void Needs_that_cannot_be_told_fail_their_call_and_nothing_else() => Run(async run =>
    {
        await run.Probe("b").Add(1);
        await run.RestartAsync();
        var bad = new Script(_ => ValueTask.CompletedTask) { Touches = [new RoundGrainId("probe", "b")],
            HasBadNeeds = true };

            Assert.Contains(
                "needs",
                (await ErrorOfAsync<ArgumentException>(run.Probe("a").Do(bad))).Message,
                StringComparison.Ordinal);
            Assert.Equal(1, await run.Probe("b").Read());
            Assert.Equal(0, await run.Probe("a").Read());
        });

    [Fact]
    public void A_constructor_that_throws_fails_the_call_that_needs_the_grain() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        await run.RestartAsync();
        run.Constructing = () => throw new TimeoutException("The constructor throws.");
        await ErrorOfAsync<TimeoutException>(run.Probe("a").Add(1));
        await ErrorOfAsync<TimeoutException>(run.Probe("new").Add(1));
        run.Constructing = null;

        Assert.Equal(2, await run.Probe("a").AddAndRead(1));
        Assert.Equal(1, await run.Probe("new").AddAndRead(1));
    });

    [Fact]
    public void A_constructor_that_throws_after_a_turn_that_threw_keeps_the_state() => Run(async run =>
    {
        var first = AwaitAsync(run.Probe("a").Add(1));
        var thrown = AwaitAsync(run.Probe("a").AddAndThrow(10));
        var third = AwaitAsync(run.Probe("a").Add(100));
        run.Constructing = () => run.Constructing = () => throw new TimeoutException("The constructor throws.");
        await first;
        await Assert.ThrowsAsync<TimeoutException>(() => thrown);
        await Assert.ThrowsAsync<TimeoutException>(() => third);
        run.Constructing = null;

        Assert.Equal(1, await run.Probe("a").Read());
        await run.RestartAsync();
        Assert.Equal(1, await run.Probe("a").Read());
    });

    [Fact]
    public void Parts_that_cannot_be_stored_fail_their_turn_and_not_its_round() =>
        Run(async run =>
        {
            var part = new MessagePart("sizes", MessageStatus.Parked, ProcessingStep.Execute);
            var good = AwaitAsync(run.Probe("b").Add(1));
            await ErrorOfAsync<ArgumentException>(
                run.Probe("a")
                    .Do(Script.Of(probe => probe.Store(Messages.New(run.World), part, part with { Attempts = 1 }))));
            await ErrorOfAsync<ArgumentException>(
                run.Probe("a")
                    .Do(
                        Script.Of(probe =>
                            probe.Store(Messages.New(run.World), part with { Status = MessageStatus.Completed }))));
            await good;

        Assert.Empty(run.Database.Messages);
    });

    [Fact]
    public void A_one_way_call_to_a_grain_that_cannot_be_made_is_a_failure() => Run(async run =>
    {
        run.Constructing = () => run.Constructing = () => throw new TimeoutException("The constructor throws.");
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("b").Add(1))));
        await run.UntilAsync(() => run.Database.Failures.Count == 1 && run.Database.DeferredCalls.Count == 0);

        Assert.Equal("TimeoutException: The constructor throws.", run.Database.Failures[0].Error);
    });
}
