using System.Text;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// What is for a grain whose state, type, method or activity this build does not know is neither made nor lost.
/// </summary>
public sealed class UnreadableTests
{
    [Fact]
    public void Calls_reminders_and_results_for_a_state_that_cannot_be_read_wait_for_a_build_that_can() => Run(
        async run =>
        {
            await run.Probe("b").Add(1);
            await run.Probe("b")
                .Do(Script.Of(probe => probe.Remind("ring", run.World.Time.GetUtcNow().AddSeconds(30))));
            await run.Probe("b")
                .Do(Script.Of(probe => probe.Start("job", "work", due: run.World.Time.GetUtcNow().AddSeconds(30))));
            await run.Host.StopAsync();

            run.CannotRead = true;
            await run.StartAsync();
            Assert.Equal("state_unreadable", (await ErrorOfAsync<TributaryException>(run.Probe("b").Add(100))).Code);
            await run.Probe("a").Do(Script.Of(probe =>
            {
                ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 2 }));
                ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 3 }));
            }));
            await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(4))));
            await run.UntilAsync(() => run.Database.HeldReminders.Count == 2);
            Assert.Empty(run.Database.Failures);
            Assert.Empty(run.Database.Reminders);
            // What is merged is held as one.
            Assert.Equal("Merge", Assert.Single(run.Database.HeldCalls).Call.Method);
            Assert.All(run.Database.HeldReminders, row => Assert.Equal("state_unreadable", row.Reason.Code));
            await run.RestartAsync();
            await run.World.Delay(TimeSpan.FromMinutes(1));
            Assert.Equal(2, run.Database.HeldReminders.Count);
            await run.Host.StopAsync();

            run.CannotRead = false;
            await run.StartAsync();
            await run.UntilAsync(() => run.Database.HeldReminders.Count + run.Database.Reminders.Count == 0);
            Assert.Equal(1 + 5 + 1 + 1, await AwaitAsync(run.Probe("b").Read()));
            Assert.Empty(run.Database.Failures);
            Assert.Empty(run.Database.HeldCalls);
        },
        run => run.Activities["work"] = new Idle());

    [Fact]
    public void A_call_that_is_deferred_to_a_state_that_cannot_be_read_is_held() => Run(async run =>
    {
        await run.Probe("far").Add(1);
        await run.Host.StopAsync();
        run.CannotRead = true;
        await run.StartAsync();
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(4))));
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 1);
        Assert.Empty(run.Database.DeferredCalls);
        // The next process numbers its calls after those that are held.
        await run.RestartAsync();
        await run.Probe("a2").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(5))));
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 2);
        run.Crash();

        run.CannotRead = false;
        await run.StartAsync();
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 0);
        Assert.Equal(10, await AwaitAsync(run.Probe("far").Read()));
        Assert.Empty(run.Database.Failures);
    });

    [Fact]
    public void Methods_arguments_and_reminders_that_a_build_does_not_know_wait_for_one_that_does() => Run(
        async run =>
        {
            await run.Host.Grains.GetGrain<IElderGrain>("a").Tell("far");
            run.Crash();

            // This build knows no such methods; the reminder it knows.
            run.Types = run.Probes();
            await run.StartAsync();
            await run.UntilAsync(() => run.Database.HeldCalls.Count == 2 && run.Database.Reminders.Count == 0);
            Assert.Equal(["grain_method_unknown", "arguments_unreadable"],
                run.Database.HeldCalls.Select(row => row.Reason.Code));
            await run.Host.StopAsync();

            // This one knows nothing at all.
            run.Types = new RoundGrainTypes(GeneratedProxies.Standalone);
            await run.StartAsync();
            await run.UntilAsync(() => run.Database.HeldCalls.All(row => row.Reason.Code == "grain_type_unknown"));
            await run.Host.StopAsync();

            run.Types = ElderGrain.Types;
            await run.StartAsync();
            await run.UntilAsync(() => run.Database.HeldCalls.Count == 0);
            Assert.Equal("{\"Value\":10,\"Weight\":0}", StateOf(run, "far"));
            Assert.Empty(run.Database.Failures);
        },
        run => run.Types = ElderGrain.Types);

    [Fact]
    public void Deferred_calls_and_reminders_of_a_type_that_a_build_does_not_know_wait_for_one_that_does() =>
        Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe =>
        {
            probe.Remind("ring", run.World.Time.GetUtcNow().AddSeconds(1));
            ProbeGrain.Tell(probe.Other("far").Add(7));
        }));
        run.Crash();
        run.Types = new RoundGrainTypes(GeneratedProxies.Standalone);
        await run.StartAsync();
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 1 && run.Database.HeldReminders.Count == 1);
        Assert.Equal("grain_type_unknown", run.Database.HeldReminders[0].Reason.Code);
        await run.Host.StopAsync();

        run.Types = run.Probes();
        await run.StartAsync();
        await run.UntilAsync(() =>
            run.Database.HeldCalls.Count + run.Database.HeldReminders.Count + run.Database.Reminders.Count == 0);
        Assert.Equal((7, 1), (await AwaitAsync(run.Probe("far").Read()), await AwaitAsync(run.Probe("a").Read())));
    });

    [Fact]
    public void Held_calls_are_made_in_their_order_page_by_page_and_others_go_on_between_them() => Run(
        async run =>
        {
            await run.Probe("b").Add(1);
            await run.Host.StopAsync();
            run.CannotRead = true;
            await run.StartAsync();
            for (var i = 0; i < 10; i++)
            {
                var text = $"{i}";
                await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("b").Note(text))));
            }

            await run.UntilAsync(() => run.Database.HeldCalls.Count == 10);
            await run.Host.StopAsync();
            run.CannotRead = false;
            await run.StartAsync();
            Assert.Equal(1, await AwaitAsync(run.Probe("c").AddAndRead(1)));
            await run.UntilAsync(() => run.Database.HeldCalls.Count == 0);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"b: {i}"), run.Notes);
        },
        run => run.Options.MaxHeldReadCount = 3);

    [Fact]
    public void What_is_held_is_looked_at_once_and_costs_nothing_after_that() => Run(
        async run =>
        {
            await run.Probe("b").Add(1);
            for (var i = 0; i < 10; i++)
            {
                var name = $"ring {i}";
                await run.Probe("b")
                    .Do(Script.Of(probe => probe.Remind(name, run.World.Time.GetUtcNow().AddSeconds(5))));
            }

            run.Crash();
            run.CannotRead = true;
            await run.StartAsync();
            await run.UntilAsync(() => run.Database.HeldReminders.Count == 10);
            // More than memory has room for are held, and those of others ring.
            await run.Probe("c").Do(Script.Of(probe => probe.Remind("mine", run.World.Time.GetUtcNow().AddSeconds(1))));
            await run.UntilAsync(() =>
                run.Notes.Exists(note => note.StartsWith("c rang mine", StringComparison.Ordinal)));

            var operations = new List<StoreCall>();
            run.Faults.DelayBefore = operation =>
            {
                operations.Add(operation.Call);
                return default;
            };
            await run.World.Delay(TimeSpan.FromMinutes(10));
            Assert.DoesNotContain(StoreCall.ReadHeld, operations);
            Assert.DoesNotContain(StoreCall.Load, operations);
            Assert.Equal(10, run.Database.HeldReminders.Count);
        },
        run => run.Options.MaxRemindersCount = 4);

    [Fact]
    public void A_name_that_is_set_anew_while_its_activity_was_held_is_what_was_set_last() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
        await run.UntilAsync(() => run.Database.HeldReminders.Count == 1);
        Assert.Equal("activity_unknown", run.Database.HeldReminders[0].Reason.Code);
        Assert.Empty(run.Notes);

        await run.Probe("a").Do(Script.Of(probe => probe.Remind("job", run.World.Time.GetUtcNow().AddHours(1))));
        Assert.Empty(run.Database.HeldReminders);
        run.Activities["work"] = new Idle();
        await run.RestartAsync();
        await run.World.Delay(TimeSpan.FromMinutes(1));
        Assert.Empty(run.Notes);
        Assert.Single(run.Database.Reminders);
    });

    [Fact]
    public void A_state_that_its_codec_chokes_on_holds_up_nobody_else() => Run(async run =>
    {
        await run.Probe("b").Add(1);
        await run.Host.StopAsync();
        run.CannotRead = true;
        run.ReadError = new OverflowException("Too large.");
        await run.StartAsync();
        var error = await ErrorOfAsync<TributaryException>(run.Probe("b").Add(1));
        Assert.Equal("state_unreadable", error.Code);
        Assert.Contains("Too large.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await AwaitAsync(run.Probe("c").AddAndRead(1)));
    });

    private static string StateOf(EngineRun run, string key) =>
        Encoding.UTF8.GetString(run.Database.States.Single(pair => pair.Key.Grain.Key == key).Value.State.Span);

    private sealed class Idle : IActivity
    {
        public ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) =>
            ValueTask.FromResult<object?>(null);
    }
}
