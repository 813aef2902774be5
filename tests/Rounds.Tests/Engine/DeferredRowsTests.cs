using System.Text;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using static Tributary.Rounds.Tests.Engine.EngineRun;
using static Tributary.Rounds.Tests.Engine.FarSide;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>The rows of calls that a round leaves for a partition.</summary>
public sealed class DeferredRowsTests
{
    [Fact]
    public void All_calls_of_a_round_for_one_partition_are_one_row_and_are_made_in_one_round() => Run(async run =>
    {
        var (other, ends) = (await FarSide.StartAsync(run), new List<int>());
        run.Database.Committed = (round, _) => ends.Add(round.DeferredDone.Count);
        await FarSide.TellAsync(run, probe =>
        {
            for (var i = 1; i <= 3; i++)
            {
                ProbeGrain.Tell(probe.Other(Far).Add(i));
                ProbeGrain.Tell(probe.Other(Near).Note($"{i}"));
            }
        });
        Assert.Single(run.Database.DeferredCalls);
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal(6, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
        Assert.Equal([$"{Near}: 1", $"{Near}: 2", $"{Near}: 3"], run.Notes);
        Assert.Single(ends, 1);
    });

    [Fact]
    public void Calls_that_merge_are_left_as_one_and_stay_before_the_calls_that_follow_them() => Run(async run =>
    {
        var other = await FarSide.StartAsync(run);
        await FarSide.TellAsync(run, probe =>
        {
            for (var i = 0; i < 10; i++)
                ProbeGrain.Tell(probe.Other(Far).Merge(new Portion { Amount = 2 }));
            ProbeGrain.Tell(probe.Other(Far).Note("between"));
            ProbeGrain.Tell(probe.Other(Far).Merge(new Portion { Amount = 3 }));
        });
        Assert.Equal(2, Occurrences(Text(Assert.Single(run.Database.DeferredCalls)), "\"Merge\""));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal(["far merged 10", "far: between", "far merged 1"], run.Notes);
        Assert.Equal(23, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
    });

    [Fact]
    public void A_part_that_cannot_be_merged_or_written_fails_alone() => Run(async run =>
    {
        var other = await FarSide.StartAsync(run);
        await FarSide.TellAsync(run, probe =>
        {
            ProbeGrain.Tell(probe.Other(Far).Merge(new Portion { Amount = 1 }));
            ProbeGrain.Tell(probe.Other(Far).Merge(new Portion { Amount = -1 }));
            ProbeGrain.Tell(probe.Other(Far).Merge(new Portion { Amount = 2 }));
            ProbeGrain.Tell(probe.Other(Near).Merge(new Portion { Amount = 4 }));
            ProbeGrain.Tell(probe.Other(Near).Merge(new Portion { Amount = 8, Weight = double.NaN }));
            ProbeGrain.Tell(probe.Other(Far).Weigh(double.NaN));
        });
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal(
            ["ArgumentException", "arguments_unwritable", "arguments_unwritable"],
            run.Database.Failures.Select(row => row.Error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(3, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
        Assert.Equal(4, await other.Grains.GetGrain<IProbeGrain>(Near).Read());
    });

    [Theory]
    [InlineData(2, 1 << 20, 3)]
    [InlineData(100, 8, 3)]
    [InlineData(100, 1, 5)]
    public void Calls_beyond_the_limits_of_a_row_go_into_further_rows(int calls, int bytes, int rows) => Run(
        async run =>
        {
            var other = await FarSide.StartAsync(run);
            await FarSide.TellAsync(run, probe =>
            {
                for (var i = 0; i < 5; i++)
                    ProbeGrain.Tell(probe.Other(Far).Add(10));
            });
            Assert.Equal(rows, run.Database.DeferredCalls.Count);
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal(50, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
        },
        run => (run.Options.MaxDeferredRowCallsCount, run.Options.MaxDeferredRowBytes) = (calls, bytes));

    [Fact]
    public void A_text_that_no_store_keeps_refuses_its_caller_and_not_the_owner() => Run(async run =>
    {
        await FarSide.StartAsync(run);

        var error = await ErrorOfAsync<TributaryException>(run.Probe("a").Do(Script.Of(probe =>
        {
            ProbeGrain.Tell(probe.Other(KeyLike("half \ud800")).Add(1));
            ProbeGrain.Tell(probe.Other(Far).Add(1));
        })));

        Assert.Equal("refused_by_store", error.Code);
        Assert.Empty(run.Database.DeferredCalls);
    });

    [Fact]
    public void A_row_that_the_database_refuses_is_made_call_by_call_and_the_call_to_blame_fails_alone() => Run(
        async run =>
        {
            var left = new List<int>();
            run.Database.Committed = (round, _) => left.Add(round.Deferred.Count);
            await run.Probe("a").Do(Script.Of(probe =>
            {
                ProbeGrain.Tell(probe.Other(Far).Keep("1"));
                ProbeGrain.Tell(probe.Other(Far).Keep("poison"));
                ProbeGrain.Tell(probe.Other(Near).Keep("2"));
            }));
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal([1, 3], left.Where(count => count > 0));
            var failure = Assert.Single(run.Database.Failures);
            Assert.Equal("[\"poison\"]", Encoding.UTF8.GetString(failure.Arguments.Span));
            Assert.StartsWith("refused_by_store", failure.Error, StringComparison.Ordinal);
            Assert.Equal(
                ["1", "2"], run.Database.Messages.Select(message => Encoding.UTF8.GetString(message.Body.Span)));
            Assert.Equal((1, 1), (await run.Probe(Far).Read(), await run.Probe(Near).Read()));
        },
        run => run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8));

    [Fact]
    public void A_row_is_split_and_a_failure_kept_whole_also_when_the_disk_is_full_in_between() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe =>
            {
                ProbeGrain.Tell(probe.Other(Far).Keep("1"));
                ProbeGrain.Tell(probe.Other(Far).Keep("poison"));
            }));
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal(
                "[\"poison\"]", Encoding.UTF8.GetString(Assert.Single(run.Database.Failures).Arguments.Span));
            Assert.Single(run.Database.Messages);
        },
        run =>
        {
            // The row is refused twice, and so is the call to blame: each time, the disk is full for what follows the
            // first refusal.
            var (refusals, isNext) = (0, false);
            run.Faults.Poison = body =>
            {
                var isRefused = body.Span.SequenceEqual("poison"u8);
                isNext = isRefused && ++refusals % 2 == 1;
                return isRefused;
            };
            run.Faults.Rule = operation =>
            {
                var isFull = isNext && operation.Call == StoreCall.Commit;
                isNext &= !isFull;
                return isFull ? StoreFate.Full : StoreFate.Proceed;
            };
        });

    [Fact]
    public void What_does_not_fit_into_the_round_of_its_row_goes_on_in_a_later_one() => Run(
        async run =>
        {
            var (left, kept) = (new List<DeferredCall>(), new List<int>());
            run.Database.Committed = (round, outcome) =>
            {
                kept.Add(round.Messages.Count);
                left.AddRange(round.Deferred.Select((row, i) =>
                    row with { Sequence = RoundCommit.SequenceOf(outcome.Transaction, i) }));
            };
            await run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < 5; i++)
                    ProbeGrain.Tell(probe.Other(i % 2 == 0 ? Far : Near).Keep($"{i}"));
            }));
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal([2, 2, 1], kept.Where(count => count > 0));
            Assert.Equal([0, left[0].Sequence, left[0].Sequence], left.Select(row => row.Origin));
            Assert.Equal(
                ["0", "1", "2", "3", "4"],
                run.Database.Messages.Select(message => Encoding.UTF8.GetString(message.Body.Span)));
        },
        run => run.Options.MaxRoundMessagesCount = 2);

    [Fact]
    public void A_row_is_stored_as_builds_of_all_versions_read_it() => Run(async run =>
    {
        await FarSide.StartAsync(run);
        await FarSide.TellAsync(run, probe =>
        {
            ProbeGrain.Tell(probe.Other(Far).Add(1));
            ProbeGrain.Tell(probe.Other(Far).Enlarge(2));
            ProbeGrain.Tell(probe.Other(Near).Note("ä"));
        });

        var row = Assert.Single(run.Database.DeferredCalls);
        Assert.Equal(
            (new RoundGrainId("tributary.partition", $"{FarSide.Partition}"), "calls.1", FarSide.Partition),
            (row.Target, row.Method, row.Partition));
        Assert.Equal(
            """[["probe","far","Add",0,[1]],["probe","far","Increase",0,[2]],["""
            + $"\"probe\",\"{Near}\",\"Note\",0,[\"\\u00E4\"]]]",
            Text(row));
    });

    [Fact]
    public void A_call_of_a_row_that_throws_or_cannot_be_made_is_kept_and_the_others_are_made() => Run(async run =>
    {
        await LeaveAsync(run, CallBundleOf(
            ("probe", Far, "Add", "[1]"), ("probe", Far, "AddAndThrow", "[2]"), ("probe", Far, "Vanished", "[]"),
            ("vanished", Far, "Add", "[3]"), ("probe", Near, "Add", "[4]")));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal("[2]", Encoding.UTF8.GetString(Assert.Single(run.Database.Failures).Arguments.Span));
        Assert.Equal(
            ["grain_method_unknown", "grain_type_unknown"], run.Database.HeldCalls.Select(row => row.Reason.Code));
        Assert.Equal(1, await run.Probe(Far).Read());
        Assert.Equal(4, await run.Probe(Near).Read());
    });

    [Theory]
    [InlineData("calls.99", "[]", "grain_method_unknown")]
    [InlineData("calls.1", "[7]", "arguments_unreadable")]
    [InlineData("calls.1", "[[\"probe\"", "arguments_unreadable")]
    public void A_row_that_this_build_cannot_read_is_held(string format, string calls, string code) => Run(async run =>
    {
        await LeaveAsync(run, new DeferredCall(
            0, FarSide.Partition, new RoundGrainId("tributary.partition", $"{FarSide.Partition}"), format,
            Encoding.UTF8.GetBytes(calls)));
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 1);
        await run.RestartAsync();
        await run.UntilAsync(() => run.World.Time.Elapsed > TimeSpan.FromMinutes(1));

        Assert.Empty(run.Database.DeferredCalls);
        Assert.Equal((code, calls), (
            run.Database.HeldCalls[0].Reason.Code,
            Encoding.UTF8.GetString(run.Database.HeldCalls[0].Call.Arguments.Span)));
    });

    [Fact]
    public void A_row_that_an_earlier_build_held_is_made_by_one_that_can_read_it() => Run(async run =>
    {
        var row = CallBundleOf(("probe", Far, "Add", "[1]"), ("probe", Near, "Add", "[2]"));
        await LeaveAsync(run, row, round => round.Held.Add(new Storage.Held.HeldCall(
            row, new Storage.Held.HeldReason("grain_type_unknown", "text"), run.World.Time.GetUtcNow())));
        await run.UntilAsync(() => run.Database.HeldCalls.Count == 0);

        Assert.Equal(1, await run.Probe(Far).Read());
        Assert.Equal(2, await run.Probe(Near).Read());
    });

    [Fact]
    public void What_a_call_leads_to_keeps_the_origin_of_the_call() => Run(
        async run =>
        {
            var left = new List<DeferredCall>();
            run.Database.Committed = (round, outcome) => left.AddRange(round.Deferred.Select((row, i) =>
                row with { Sequence = RoundCommit.SequenceOf(outcome.Transaction, i) }));
            await run.Probe("next").Read();
            await run.Probe("a").Pass(4);
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal(4, left.Count);
            Assert.Equal([0, left[0].Sequence, left[0].Sequence, left[0].Sequence], left.Select(row => row.Origin));
        },
        run => run.Options.MaxChainedCallsCount = 0);

    private static string Text(DeferredCall row) => Encoding.UTF8.GetString(row.Arguments.Span);

    private static int Occurrences(string text, string of) => text.Split(of).Length - 1;

    private static DeferredCall CallBundleOf(params (string Type, string Key, string Method, string Arguments)[] calls)
    {
        var array = string.Join(",", calls.Select(call =>
            $"[\"{call.Type}\",\"{call.Key}\",\"{call.Method}\",0,{call.Arguments}]"));
        return new DeferredCall(
            0, FarSide.Partition, new RoundGrainId("tributary.partition", $"{FarSide.Partition}"), "calls.1",
            Encoding.UTF8.GetBytes($"[{array}]"));
    }

    // What a silo of another build would leave; the silo of the run joins after it.
    private static async Task LeaveAsync(EngineRun run, DeferredCall row, Action<RoundCommit>? instead = null)
    {
        await run.Host.StopAsync();
        var store = new InMemoryStore(run.Database, new ScriptedFaults());
        await store.OpenAsync(CancellationToken.None);
        var silo = (await store.JoinAsync(new JoinRequest(""), CancellationToken.None)).Silo;
        var takes = new RoundCommit { Silo = silo, Round = 1, AcceptedBefore = 0 };
        takes.Takes.Add(FarSide.Partition);
        await store.CommitAsync(takes, CancellationToken.None);
        var round = new RoundCommit { Silo = silo, Round = 2, AcceptedBefore = 0 };
        round.Writes.Add(FarSide.Partition);
        if (instead is null)
            round.Deferred.Add(row);
        else
            instead(round);
        await store.CommitAsync(round, CancellationToken.None);
        await store.LeaveAsync(silo, CancellationToken.None);
        await run.StartAsync();
    }
}
