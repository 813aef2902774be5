using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

public sealed class CallTests
{
    [Fact]
    public void A_call_returns_what_the_method_returned() => Run(async run =>
    {
        Assert.Equal(3, await run.Probe("a").AddAndRead(3));
        Assert.Equal(5, await run.Probe("a").AddAndRead(2));
        Assert.Equal(5, await run.Probe("a").Read());
    });

    [Fact]
    public void An_exception_of_the_method_reaches_the_caller() => Run(async run =>
    {
        var error = await ErrorOfAsync<TimeoutException>(run.Probe("a").AddAndThrow(3));

        Assert.Equal("The probe throws.", error.Message);
        Assert.Empty(run.Database.Failures);
    });

    [Fact]
    public void A_turn_that_throws_changes_nothing() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        await ErrorOfAsync<TimeoutException>(run.Probe("a").Do(Script.Of(probe =>
        {
            probe.Value = 100;
            ProbeGrain.Tell(probe.Other("b").Add(1));
            probe.Remind("never", probe.Time);
            probe.Store(Messages.New(run.World));
            throw new TimeoutException();
        })));

        Assert.Equal(1, await run.Probe("a").Read());
        Assert.Equal(0, await run.Probe("b").Read());
        Assert.Empty(run.Database.Reminders);
        Assert.Empty(run.Database.Messages);
    });

    [Fact]
    public void A_turn_that_does_not_complete_is_refused_and_what_it_does_later_goes_nowhere() => Run(async run =>
    {
        var gate = new TaskCompletionSource();
        var late = new List<Exception?>();
        await run.Probe("a").Add(1);
        var error = await ErrorOfAsync<TributaryException>(run.Probe("a").Do(new Script(async probe =>
        {
            var other = probe.Other("b");
            probe.Value = 100;
            await gate.Task;
            probe.Value = 200;
            late.Add(Record.Exception(() => ProbeGrain.Tell(other.Add(1))));
            late.Add(Record.Exception(() => probe.Remind(
                "never", run.Database.States.Count == 0 ? default : DateTimeOffset.UnixEpoch)));
        })));
        Assert.Equal("turn_did_not_complete", error.Code);

        // It goes on in the middle of another turn, on the same thread.
        await run.Probe("c").Add(1);
        gate.SetResult();
        await run.UntilAsync(() => late.Count == 2);

        Assert.All(late, Assert.NotNull);
        Assert.Equal(1, await run.Probe("a").Read());
        Assert.Equal(0, await run.Probe("b").Read());
        Assert.Empty(run.Database.Reminders);
    });

    [Fact]
    public void A_grain_asks_for_nothing_outside_a_turn() => Run(async run =>
    {
        ProbeGrain? kept = null;
        IProbeGrain? reference = null;
        await run.Probe("a").Do(Script.Of(probe => (kept, reference) = (probe, probe.Other("b"))));

        Assert.Throws<InvalidOperationException>(() => kept!.Remind("never", default));
        Assert.Throws<InvalidOperationException>(() => ProbeGrain.Tell(reference!.Add(1)));
        Assert.Throws<InvalidOperationException>(() => ProbeGrain.Tell(new ValueTask(new TaskCompletionSource().Task)));
    });

    [Fact]
    public void The_result_of_a_call_is_not_available_inside_a_turn() =>
        Run(async run =>
        {
            await ErrorOfAsync<InvalidOperationException>(
                run.Probe("a").Do(new Script(async probe => await probe.Other("b").AddAndRead(1))));

        Assert.Equal(0, await run.Probe("b").Read());
    });

    [Fact]
    public void A_call_whose_time_is_over_when_it_is_taken_is_dropped() => Run(async run =>
    {
        run.Faults.DelayBefore = async operation =>
        {
            if (operation.Call == StoreCall.Load)
                await run.World.Delay(TimeSpan.FromMilliseconds(500));
        };
        var before = run.World.Time.Elapsed;
        await ErrorOfAsync<TimeoutException>(Discard(run.Probe("a").AddSoon(10)));

        Assert.InRange(run.World.Time.Elapsed - before, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));
        // It is loaded by now, and the call that was dropped added nothing.
        Assert.Equal(3, await AwaitAsync(run.Probe("a").AddSoon(3)));
    });

    [Fact]
    public void A_renamed_method_is_stored_under_the_name_that_it_had() => Run(async run =>
    {
        // The callee is not in memory: its call is stored and made by a later round.
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far away").Enlarge(4))));
        await run.UntilAsync(() => run.Database.States.Count > 0);

        Assert.Equal("Increase", new RoundInterface("probe", typeof(IProbeGrain), GeneratedProxies.Standalone)
            .FindMethod("Increase")!.Name);
        Assert.Equal(4, await run.Probe("far away").Read());
    });

    [Fact]
    public void A_turn_that_loses_its_state_fails() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        var error = await ErrorOfAsync<TributaryException>(run.Probe("a").Do(Script.Of(probe => probe.DropState())));

        Assert.Equal("turn_lost_state", error.Code);
        Assert.Equal(1, await run.Probe("a").Read());
    });

    [Fact]
    public void A_need_of_a_type_that_is_not_registered_does_no_harm() => Run(async run =>
    {
        var script = new Script(_ => ValueTask.CompletedTask) { Touches = [new RoundGrainId("stranger", "a"),
            new RoundGrainId("probe", "b")] };

        await run.Probe("a").Do(script);
    });

    [Fact]
    public void Grains_without_a_key_or_a_registered_type_are_refused_at_the_reference() => Run(async run =>
    {
        Assert.Throws<ArgumentNullException>(() => run.Probe(null!));
        Assert.Throws<ArgumentException>(() => run.Host.Grains.GetGrain<IUnknown>("a"));
        await run.Probe("").Add(1);
    });

    [Fact]
    public void Interfaces_that_cannot_be_called_are_refused()
    {
        Assert.Contains("two methods named", Refused<IOverloads>(), StringComparison.Ordinal);
        Assert.Contains("returns IAsyncEnumerable", Refused<IEnumerates>(), StringComparison.Ordinal);
        Assert.Contains("returns Void", Refused<IReturnsNothing>(), StringComparison.Ordinal);
        Assert.Contains("is generic", Refused<IGenericMethod>(), StringComparison.Ordinal);
        Assert.Contains("exactly one IMergeable", Refused<IBadMerge>(), StringComparison.Ordinal);
        Assert.Contains("two methods whose calls are merged", Refused<ITwoMerges>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_that_ask_for_an_activation_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => new RoundGrainTypes(GeneratedProxies.Standalone)
            .Add<IElderGrain, FilteringGrain>("filtering", static () => new FilteringGrain()));

        Assert.Contains("FilteringGrain implements Orleans.IIncomingGrainCallFilter", error.Message,
            StringComparison.Ordinal);
        Assert.Contains("Allowed: call filters of the silo.", error.Message, StringComparison.Ordinal);
    }

    private sealed class FilteringGrain : RoundGrain, IElderGrain, IIncomingGrainCallFilter
    {
        public ValueTask Tell(string other) => default;

        public ValueTask Gone(int amount) => default;

        public ValueTask Add(string amount) => default;

        public Task Invoke(IIncomingGrainCallContext context) => context.Invoke();
    }

    private static async ValueTask Discard(ValueTask<int> call) => await call;

    private static string Refused<T>() => Assert.Throws<ArgumentException>(() =>
        new RoundInterface("x", typeof(T), GeneratedProxies.Standalone)).Message;
}
