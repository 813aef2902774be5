using System.Text;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Results of activities that cannot be applied.</summary>
public sealed class ResultTests
{
    [Fact]
    public void A_result_whose_turn_throws_is_told_to_its_owner_as_an_error() => Run(
        async run =>
        {
            run.OnResult = (probe, result) =>
            {
                probe.Value += 10;
                probe.Start("again", "work");
                if (result.Error is null)
                    throw new TributaryException("too_heavy", "The result does not fit.");
                probe.Forget("again");
            };
            await StartAsync(run, "a");
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(["a did job 1: well", "a did job 1: too_heavy: The result does not fit."], run.Notes);
            Assert.Equal(10, await run.Probe("a").Read());
            Assert.Empty(run.Database.Failures);
        },
        run => run.Activities["work"] = new Jobs(run, _ => new Output()));

    [Fact]
    public void A_result_that_fails_twice_is_a_failure_with_what_its_owner_was_told() => Run(
        async run =>
        {
            run.OnResult = (_, result) => throw new TimeoutException(result.Error is null ? "Once." : "Twice.");
            await StartAsync(run, "a");
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

                var failure = Assert.Single(run.Database.Failures);
                Assert.Equal(("OnActivity", "TimeoutException: Twice."), (failure.Method, failure.Error));
                Assert.Contains(
                    "TimeoutException: Once.",
                    Encoding.UTF8.GetString(failure.Arguments.Span),
                    StringComparison.Ordinal);
                Assert.Equal(2, run.Notes.Count);
            },
            run => run.Activities["work"] = new Jobs(run, _ => new Output()));

    [Fact]
    public void A_result_that_the_database_refuses_is_told_to_its_owner_and_its_neighbours_count() => Run(
        async run =>
        {
            run.OnResult = (probe, result) =>
            {
                probe.Value++;
                if (result.Error is null)
                    probe.Store(Messages.New(run.World, body: probe.Name == "p 3" ? "poison" : "{}"));
            };
            for (var i = 0; i < 8; i++)
                await StartAsync(run, $"p {i}");
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(7, run.Database.Messages.Count);
            Assert.Empty(run.Database.Failures);
            Assert.Equal(1, await run.Probe("p 3").Read());
            var told = Assert.Single(run.Notes.Distinct(), note => !note.EndsWith("well", StringComparison.Ordinal));
            Assert.StartsWith("p 3 did job 1: refused_by_store: ", told, StringComparison.Ordinal);
        },
        run =>
        {
            run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8);
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void A_result_that_is_refused_again_as_an_error_is_a_failure() => Run(
        async run =>
        {
            run.OnResult = (probe, _) => probe.Store(Messages.New(run.World, body: "poison"));
            await StartAsync(run, "a");
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            await run.Probe("a").Add(1);

                Assert.StartsWith(
                    "refused_by_store: ", Assert.Single(run.Database.Failures).Error, StringComparison.Ordinal);
                Assert.Empty(run.Database.Messages);
            },
            run =>
            {
                run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8);
                run.Activities["work"] = new Jobs(run, _ => new Output());
            });

    [Fact]
    public void A_result_runs_again_as_it_was_when_its_round_runs_again() => Run(
        async run =>
        {
            // The turn of a throws once, in a round that is refused because of b.
            var hasThrown = false;
            run.OnResult = (probe, result) =>
            {
                if (probe.Name == "b" && result.Error is null)
                    probe.Store(Messages.New(run.World, body: "poison"));
                if (probe.Name == "a" && !hasThrown)
                {
                    hasThrown = true;
                    throw new TimeoutException("Once.");
                }

                    probe.Value += result.Error is null ? 1 : 100;
                };
                await StartAsync(run, "a");
                await StartAsync(run, "b");
                run.Faults.DelayBefore = operation =>
                    operation.Call == StoreCall.Commit
                        ? new ValueTask(run.World.Delay(TimeSpan.FromSeconds(3)))
                        : default;
                await run.Probe("c").Add(1);
                await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(1, await run.Probe("a").Read());
            Assert.Equal(100, await run.Probe("b").Read());
            Assert.Empty(run.Database.Failures);
        },
        run =>
        {
            run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8);
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void What_a_result_needs_is_loaded_before_its_turn() => Run(
        async run =>
        {
            await run.Probe("b").Add(1);
            run.OnResult = (probe, _) =>
            {
                probe.Value++;
                ProbeGrain.Tell(probe.Other("b").Add(1));
            };
            await StartAsync(run, "a");
            await run.RestartAsync();
            var deferred = 0;
            run.Faults.DelayAfter = _ =>
            {
                deferred += run.Database.DeferredCalls.Count;
                return default;
            };
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(2, await run.Probe("b").Read());
            Assert.Equal(0, deferred);
        },
        run => run.Activities["work"] = new Jobs(run, _ => new Output(new RoundGrainId("probe", "b"))));

    [Fact]
    public void A_result_whose_needs_throw_is_told_to_its_owner_as_an_error() => Run(
        async run =>
        {
            await StartAsync(run, "a");
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(["a did job 1: TimeoutException: These needs throw."], run.Notes.Distinct());
            Assert.Empty(run.Database.Failures);
        },
        run =>
        {
            run.OnResult = (probe, _) => probe.Value++;
            run.Activities["work"] = new Jobs(run, _ => new Output() { IsBad = true });
        });

    private static async Task StartAsync(EngineRun run, string probe) =>
        await run.Probe(probe).Do(Script.Of(it => it.Start("job", "work")));
}
