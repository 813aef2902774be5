using System.Runtime.CompilerServices;
using System.Text;
using Tributary.Rounds.Held;
using Tributary.Storage;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Failed calls that somebody has made again.</summary>
public sealed class MakeAgainTests
{
    [Fact]
    public void A_call_that_is_asked_for_by_several_at_once_is_made_once() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        var asked = Enumerable.Range(0, 4).Select(_ => run.Host.MakeAgainAsync(id)).ToList();
        var outcomes = new List<AgainOutcome>();
        foreach (var one in asked)
            outcomes.Add((await one).Outcome);

        Assert.Equal(
            [AgainOutcome.Made, AgainOutcome.NotFound, AgainOutcome.NotFound, AgainOutcome.NotFound], outcomes);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
        Assert.Empty(run.Database.Failures);
        Assert.Equal(AgainOutcome.NotFound, (await run.Host.MakeAgainAsync(id)).Outcome);
    });

    [Fact]
    public void A_call_that_fails_again_is_a_failure_again_with_its_attempts() => Run(async run =>
    {
        var first = await FailAsync(run);
        var answer = await run.Host.MakeAgainAsync(first);
        Assert.Equal((AgainOutcome.Failed, "TimeoutException: The probe throws."), (answer.Outcome, answer.Error));
        var second = Assert.Single(run.Database.Failures);
        Assert.Equal((2, answer.FailureId, "[42]"),
            (second.Attempts, second.Id, Encoding.UTF8.GetString(second.Arguments.Span)));
        Assert.NotEqual(first, second.Id);

        await run.Host.MakeAgainAsync(second.Id);
        Assert.Equal(3, Assert.Single(run.Database.Failures).Attempts);
        Assert.Equal(0, await AwaitAsync(run.Probe("b").Read()));
    });

    [Theory]
    [InlineData(StoreFate.CrashBefore)]
    [InlineData(StoreFate.CrashAfter)]
    public void A_crash_while_a_call_is_made_again_leaves_it_made_or_failed(StoreFate fate) => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        var isCommit = false;
        run.Faults.DelayBefore = operation =>
        {
            if (isCommit || operation.Call != StoreCall.Commit)
                return default;
            isCommit = true;
            run.Faults.ByNumber[operation.Number] = fate;
            return default;
        };
        var asked = run.Host.MakeAgainAsync(id);
        await run.UntilAsync(() => run.Store.HasCrashed);
        run.Crash();
        run.Faults.DelayBefore = null;
        await run.StartAsync();

        Assert.False(asked.IsCompleted);
        var isMade = fate == StoreFate.CrashAfter;
        Assert.Equal(isMade ? 0 : 1, run.Database.Failures.Count);
        Assert.Equal(isMade ? 42 : 0, await AwaitAsync(run.Probe("b").Read()));
        Assert.Equal(isMade ? AgainOutcome.NotFound : AgainOutcome.Made, (await run.Host.MakeAgainAsync(id)).Outcome);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
    });

    [Fact]
    public void A_silo_that_was_declared_dead_makes_it_in_its_next_incarnation() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        run.Database.DeclareDead(run.Store.Joined!.Value);
        Assert.Equal(AgainOutcome.Made, (await run.Host.MakeAgainAsync(id)).Outcome);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
    });

    [Fact]
    public void A_reminder_that_failed_rings_again() => Run(async run =>
    {
        await run.Probe("a")
            .Do(Script.Of(probe => probe.Remind("bad one", run.World.Time.GetUtcNow(), "payload"u8.ToArray())));
        await run.UntilAsync(() => run.Database.Failures.Count == 1);
        Assert.Equal(AgainOutcome.Failed, (await run.Host.MakeAgainAsync(run.Database.Failures[0].Id)).Outcome);
        run.Pardoned = true;
        Assert.Equal(AgainOutcome.Made, (await run.Host.MakeAgainAsync(run.Database.Failures[0].Id)).Outcome);
        Assert.Equal(1, await AwaitAsync(run.Probe("a").Read()));
        Assert.StartsWith("a rang bad one", Assert.Single(run.Notes), StringComparison.Ordinal);
    });

    [Fact]
    public void The_owner_of_an_activity_that_failed_is_told_the_error_again() => Run(
        async run =>
        {
            run.OnResult = (_, _) => throw new TimeoutException("The probe throws.");
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => run.Database.Failures.Count == 1);
            run.Notes.Clear();
            run.OnResult = null;
            Assert.Equal(AgainOutcome.Made, (await run.Host.MakeAgainAsync(run.Database.Failures[0].Id)).Outcome);
            Assert.Equal(["a did job 1: TimeoutException: The probe throws."], run.Notes);
            Assert.Empty(run.Database.Failures);
        },
        run => run.Activities["work"] = new Jobs(run, _ => null));

    [Fact]
    public void An_activitys_payload_comes_with_its_result_with_the_error_instead_and_again() => Run(
        async run =>
        {
            var payloads = new List<string>();
            run.OnResult = (_, result) =>
            {
                payloads.Add(Encoding.UTF8.GetString(result.Payload.Span));
                if (payloads.Count < 3)
                    throw new TimeoutException("The probe throws.");
            };
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work", "asked"u8.ToArray())));
            await run.UntilAsync(() => run.Database.Failures.Count == 1);
            Assert.Equal(AgainOutcome.Made, (await run.Host.MakeAgainAsync(run.Database.Failures[0].Id)).Outcome);
            Assert.Equal(["asked", "asked", "asked"], payloads);
        },
        run => run.Activities["work"] = new Jobs(run, _ => null));

    [Fact]
    public void A_call_that_this_build_cannot_make_is_held_and_no_failure_any_more() => Run(async run =>
    {
        await run.Probe("b").Add(0);
        var id = await FailAsync(run);
        await run.Host.StopAsync();
        run.CannotRead = true;
        run.Pardoned = true;
        await run.StartAsync();
        var answer = await run.Host.MakeAgainAsync(id);
        Assert.Equal((AgainOutcome.Held, true),
            (answer.Outcome, answer.Error!.StartsWith("state_unreadable", StringComparison.Ordinal)));
        Assert.Empty(run.Database.Failures);
        await run.Host.StopAsync();

        run.CannotRead = false;
        await run.StartAsync();
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 0);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
    });

    [Fact]
    public void A_failure_without_its_arguments_stays() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Weigh(double.NaN))));
        var row = Assert.Single(run.Database.Failures);
        Assert.Equal(AgainOutcome.Incomplete, (await run.Host.MakeAgainAsync(row.Id)).Outcome);
        Assert.Single(run.Database.Failures);
    });

    [Fact]
    public void Without_room_a_request_under_way_waits_and_a_new_one_is_refused() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        var isFull = FillDisk(run);
        var asked = run.Host.MakeAgainAsync(id);
        await run.UntilAsync(() => run.Host.Refusal is not null);
        await Assert.ThrowsAsync<StoreException>(() => run.Host.MakeAgainAsync(id));
        await run.World.Delay(TimeSpan.FromMinutes(1));
        Assert.False(asked.IsCompleted);
        Assert.Single(run.Database.Failures);

        isFull.Value = false;
        Assert.Equal(AgainOutcome.Made, (await asked).Outcome);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
        Assert.Empty(run.Database.Failures);
    });

    [Fact]
    public void A_request_that_waits_behind_full_rounds_is_refused_with_them() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        run.Options.MaxRoundInputsCount = 1;
        await run.Probe("x").Add(1);
        await run.Probe("y").Add(1);
        _ = FillDisk(run);
        // One for the round that finds no room, one for the round on top of it; the request is still in the inbox then.
        var calls = new[] { AwaitAsync(run.Probe("x").Add(1)), AwaitAsync(run.Probe("y").Add(1)) };
        var asked = run.Host.MakeAgainAsync(id);
        foreach (var call in calls)
            await Assert.ThrowsAsync<StoreException>(() => call);
        Assert.Equal("store_full", (await Assert.ThrowsAsync<StoreException>(() => asked)).Code);
        Assert.Single(run.Database.Failures);
    });

    [Fact]
    public void A_silo_that_stops_without_room_refuses_the_requests_that_wait() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        _ = FillDisk(run);
        var asked = Enumerable.Range(0, 3).Select(_ => run.Host.MakeAgainAsync(id)).ToList();
        await run.UntilAsync(() => run.Host.Refusal is not null);
        await run.Host.StopAsync();
        foreach (var one in asked)
            Assert.Equal("store_full", (await Assert.ThrowsAsync<StoreException>(() => one)).Code);
        Assert.Single(run.Database.Failures);
    });

    [Fact]
    public void A_silo_that_is_declared_dead_without_room_keeps_the_requests_that_wait() => Run(async run =>
    {
        var id = await FailAsync(run);
        run.Pardoned = true;
        var isFull = FillDisk(run);
        var asked = run.Host.MakeAgainAsync(id);
        await run.UntilAsync(() => run.Host.Refusal is not null);
        run.Database.DeclareDead(run.Store.Joined!.Value);
        isFull.Value = false;
        Assert.Equal(AgainOutcome.Made, (await asked).Outcome);
        Assert.Equal(42, await AwaitAsync(run.Probe("b").Read()));
    });

    private static StrongBox<bool> FillDisk(EngineRun run)
    {
        var isFull = new StrongBox<bool>(true);
        run.Faults.Rule = operation =>
            isFull.Value && operation.Call == StoreCall.Commit ? StoreFate.Full : StoreFate.Proceed;
        return isFull;
    }

    private static async Task<Guid> FailAsync(EngineRun run)
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("b").AddAndThrow(42))));
        await run.UntilAsync(() => run.Database.Failures.Count == 1);
        return run.Database.Failures[0].Id;
    }
}
