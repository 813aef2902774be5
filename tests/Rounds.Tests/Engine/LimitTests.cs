using System.Text.Json;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What happens when a limit is reached.</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_full_inbox_refuses_calls_by_count() => Run(
        async run =>
        {
            var calls = Enumerable.Range(0, 5).Select(_ => AwaitAsync(run.Probe("a").Add(1))).ToList();
            var error = await Assert.ThrowsAsync<OverloadedException>(() => AwaitAsync(run.Probe("a").Add(1)));
            await Task.WhenAll(calls);

            Assert.Equal(run.Options.RetryAfter, error.RetryAfter);
            Assert.Equal(6, await run.Probe("a").AddAndRead(1));
            Assert.Equal(0, run.Host.WaitingCount);
        },
        run => run.Options.MaxWaitingCallsCount = 5);

    [Fact]
    public void A_full_inbox_refuses_calls_by_bytes_but_lets_a_large_one_in_alone() => Run(
        async run =>
        {
            var large = AwaitAsync(run.Probe("a").Do(Sized(5_000)));
            await Assert.ThrowsAsync<OverloadedException>(() => AwaitAsync(run.Probe("a").Do(Sized(1))));
            await large;
            await run.Probe("a").Do(Sized(1_000));
        },
        run => run.Options.MaxWaitingBytes = 1_000);

    [Fact]
    public void As_many_bytes_as_the_limit_says_may_wait_and_no_more() => Run(
        async run =>
        {
            var calls = new[] { AwaitAsync(run.Probe("a").Do(Sized(400))), AwaitAsync(run.Probe("a").Do(Sized(600))) };
            await Assert.ThrowsAsync<OverloadedException>(() => AwaitAsync(run.Probe("a").Do(Sized(1))));
            await Task.WhenAll(calls);
        },
        run => run.Options.MaxWaitingBytes = 1_000);

    [Fact]
    public void A_round_takes_as_many_inputs_as_the_limit_says() => Run(
        async run =>
        {
            await run.Probe("a").Read();
            var durable = new List<int>();
            run.Host.ChangesCommitted = round => durable.Add(JsonSerializer.Deserialize(
                round.States[0].State.Span, ProbeJson.Default.ProbeState)!.Value);
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AwaitAsync(run.Probe("a").Add(1))));

            Assert.Equal([2, 4, 5], durable);
        },
        run => run.Options.MaxRoundInputsCount = 2);

    [Fact]
    public void Under_a_flood_of_calls_reads_are_answered_and_reminders_fire() => Run(
        async run =>
        {
            var isOver = false;
            var flooded = 0;
            var clients = Enumerable.Range(0, 200).Select(async i =>
            {
                while (!isOver)
                {
                    await run.Probe($"busy {i % 5}").Add(1);
                    flooded++;
                }
            }).ToList();
            await run.Probe("a").Do(Script.Of(probe => probe.Remind("bell", probe.Time.AddMilliseconds(1))));
            for (var i = 0; i < 20; i++)
            {
                var before = flooded;
                await run.Probe("b").Read();
                Assert.InRange(flooded - before, 0, 200);
            }

            await run.UntilAsync(() => run.Notes.Count > 0);
            isOver = true;
            await Task.WhenAll(clients);
        },
        run =>
        {
            run.Options.MaxRoundInputsCount = 20;
            run.Faults.DelayBefore = operation => operation.Call == StoreCall.Commit
                ? new ValueTask(run.World.Delay(TimeSpan.FromMilliseconds(5)))
                : default;
        });

    [Fact]
    public void Grains_beyond_the_limit_leave_and_come_back_with_their_state() => Run(
        async run =>
        {
            for (var turn = 1; turn <= 3; turn++)
            {
                foreach (var i in Enumerable.Range(0, 30))
                    Assert.Equal(turn, await run.Probe($"p {i}").AddAndRead(1));
            }
        },
        run => run.Options.MaxActivationsCount = 3);

    [Fact]
    public void What_is_dirty_or_waited_for_stays_beyond_the_limit() =>
        Run(
            async run =>
            {
                run.Faults.DelayBefore = operation => new ValueTask(
                    run.World.Delay(TimeSpan.FromMilliseconds(operation.Call == StoreCall.Load ? 7 : 20)));
                var calls = Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        AwaitAsync(
                            run.Probe($"p {i % 20}")
                                .Do(
                                    new Script(
                                        Script
                                            .Of(probe =>
                                            {
                                                probe.Value++;
                                                ProbeGrain.Tell(probe.Other($"p {(i + 1) % 20}").Add(100));
                                            })
                                            .Run)
                                    {
                                        Touches = [new RoundGrainId("probe", $"p {(i + 1) % 20}")],
                                    })))
                    .ToList();
                await Task.WhenAll(calls);
                await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            foreach (var i in Enumerable.Range(0, 20))
                Assert.Equal(303, await run.Probe($"p {i}").Read());
        },
        run => run.Options.MaxActivationsCount = 1);

    [Fact]
    public void A_turn_appends_a_bounded_number_of_messages() => Run(
        async run =>
        {
            var error = await ErrorOfAsync<TributaryException>(run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < 4; i++)
                    probe.Store(Messages.New(run.World));
            })));

            Assert.Equal("turn_too_large", error.Code);
            Assert.Empty(run.Database.Messages);
            await run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < 3; i++)
                    probe.Store(Messages.New(run.World));
            }));
            Assert.Equal(3, run.Database.Messages.Count);
        },
        run => run.Options.MaxTurnMessagesCount = 3);

    [Fact]
    public void A_stop_under_load_answers_or_refuses_every_call() => Run(
        async run =>
        {
            var (answered, refused) = (0, 0);
            var clients = Enumerable.Range(0, 50).Select(async i =>
            {
                try
                {
                    while (true)
                    {
                        await run.Probe($"p {i % 7}").Add(1);
                        answered++;
                    }
                }
                catch (OverloadedException)
                {
                    refused++;
                }
            }).ToList();
            await run.World.Delay(TimeSpan.FromMilliseconds(300));
            await run.Host.StopAsync();
            await Task.WhenAll(clients);
            Assert.Equal(50, refused);

            await run.StartAsync();
            var stored = 0;
            foreach (var i in Enumerable.Range(0, 7))
                stored += await run.Probe($"p {i}").Read();
            Assert.Equal(answered, stored);
        },
        run => run.Faults.DelayBefore = _ => new ValueTask(run.World.Delay(TimeSpan.FromMilliseconds(3))));

    private static Script Sized(int bytes) => new(_ => ValueTask.CompletedTask) { SizeBytes = bytes };
}
