using Tributary.Messages;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What happens while a commit, a load, a read of reminders or the death of a silo is on its way.</summary>
public sealed class OverlapTests
{
    private static readonly TimeSpan CommitTakes = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_grain_stays_in_memory_until_the_last_round_that_wrote_it_is_durable() => Run(
        async run =>
        {
            var first = AwaitAsync(run.Probe("a").Add(1));
            await run.World.Delay(CommitTakes / 2);
            var second = AwaitAsync(run.Probe("a").Add(1));
            await first;
            // Others take its place, if it can leave, while the second round is on its way.
            var others = Task.WhenAll(AwaitAsync(run.Probe("b").Read()), AwaitAsync(run.Probe("c").Read()));
            await run.World.Delay(CommitTakes / 4);
            Assert.False(second.IsCompleted);

            Assert.Equal(3, await run.Probe("a").AddAndRead(1));
            await Task.WhenAll(second, others);
        },
        run =>
        {
            SlowCommits(run);
            run.Options.MaxActivationsCount = 1;
        });

    [Fact]
    public void An_input_keeps_its_own_grain_while_it_waits_for_another() => Run(
        async run =>
        {
            await run.Probe("a").Add(1);
            var loads = 0;
            run.Faults.DelayBefore = operation =>
            {
                loads += operation.Call == StoreCall.Load ? 1 : 0;
                return default;
            };
            await run.Probe("a").Do(new Script(_ =>
                ValueTask.CompletedTask) { Touches = [new RoundGrainId("probe", "b")] });

            Assert.Equal(1, loads);
        },
        run => run.Options.MaxActivationsCount = 1);

    [Fact]
    public void A_reminder_that_a_round_on_its_way_cancels_does_not_ring_although_it_is_durable_and_due() => Run(
        async run =>
        {
            var set = AwaitAsync(run.Probe("a").Do(Script.Of(probe => probe.Remind("bell", probe.Time))));
            await run.World.Delay(CommitTakes / 2);
            var cancelled = AwaitAsync(run.Probe("a").Do(Script.Of(probe => probe.Forget("bell"))));
            await Task.WhenAll(set, cancelled);
            await run.World.Delay(TimeSpan.FromMinutes(2));

            Assert.Empty(run.Notes);
            Assert.Empty(run.Database.Reminders);
        },
        SlowCommits);

    [Fact]
    public void What_becomes_durable_during_a_read_of_reminders_wins_over_the_read() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe =>
            {
                probe.Remind("cancelled", probe.Time.AddSeconds(20));
                probe.Remind("moved", probe.Time.AddSeconds(20));
            }));
            var isSlow = true;
            run.Faults.DelayAfter = operation => isSlow && operation.Call == StoreCall.ReadReminders
                ? new ValueTask(run.World.Delay(TimeSpan.FromSeconds(1)))
                : default;
            await run.RestartAsync();
            // The first read of the new start has seen both, and its answer is on its way.
            await run.World.Delay(TimeSpan.FromMilliseconds(100));
            await run.Probe("a").Do(Script.Of(probe =>
            {
                probe.Forget("cancelled");
                probe.Remind("moved", probe.Time.AddHours(1));
                probe.Remind("new", probe.Time.AddSeconds(10));
            }));
            await run.World.Delay(TimeSpan.FromSeconds(2));
            isSlow = false;
            await run.World.Delay(TimeSpan.FromMinutes(1));
            Assert.StartsWith("a rang new", Assert.Single(run.Notes), StringComparison.Ordinal);

            await run.World.Delay(TimeSpan.FromHours(1));
            Assert.Equal(2, run.Notes.Count);
            Assert.StartsWith("a rang moved", run.Notes[1], StringComparison.Ordinal);
        });

    [Fact]
    public void A_silo_that_is_declared_dead_answers_what_waited_for_loads_and_commits() => Run(
        async run =>
        {
            await run.Probe("here").Add(1);
            var calls = new List<Task>
            {
                AwaitAsync(run.Probe("here").Add(1)),
                AwaitAsync(run.Probe("far").Add(1)),
                AwaitAsync(run.Probe("named").Do(new Script(
                    Script.Of(probe => probe.Store(Messages.New(run.World, "key"))).Run)
                {
                    External = ExternalKey.Of("test", "item", "key"), Touches = [new RoundGrainId("probe", "farther")],
                })),
            };
            await run.World.Delay(CommitTakes / 2);
            calls.Add(AwaitAsync(run.Probe("here").Add(1)));
            run.Database.DeclareDead(run.Store.Joined!.Value);
            await Task.WhenAll(calls);

            Assert.Equal(3, await run.Probe("here").Read());
            Assert.Equal(1, await run.Probe("far").Read());
            Assert.Single(run.Database.Messages);
        },
        run => run.Faults.DelayBefore = operation => operation.Call switch
        {
            StoreCall.Commit => new ValueTask(run.World.Delay(CommitTakes)),
            StoreCall.Load => new ValueTask(run.World.Delay(CommitTakes * 3)),
            _ => default,
        });

    [Fact]
    public void A_chain_makes_exactly_as_many_calls_in_its_round_as_the_limit_says() => Run(
        async run =>
        {
            await run.Probe("next").Read();
            var durable = new List<int>();
            run.Host.ChangesCommitted = round => durable.Add(round.States.Count == 0 ? 0 : round.States.Max(Value));
            await run.Probe("a").Pass(10);
            await run.UntilAsync(() => durable.Count > 0 && durable[^1] == 10);

            // Three by the turn of the call, and then three by each call that was deferred, which is one itself.
            Assert.Equal([3, 7, 10], durable);
        },
        run => run.Options.MaxChainedCallsCount = 3);

    private static int Value(StateRow row) =>
        System.Text.Json.JsonSerializer.Deserialize(row.State.Span, ProbeJson.Default.ProbeState)!.Value;

    private static void SlowCommits(EngineRun run) =>
        run.Faults.DelayBefore = operation =>
            operation.Call == StoreCall.Commit ? new ValueTask(run.World.Delay(CommitTakes)) : default;
}
