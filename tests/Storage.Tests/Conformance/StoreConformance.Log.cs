using System.Text;
using Tributary.Aggregates;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_message_comes_back_as_it_was_stored()
    {
        var silo = await JoinAsync();
        var bodies = new List<byte[]>
        {
            Encoding.UTF8.GetBytes("""{"a":"\u0000","b":1.00000000000000000000000000001,"z":1,"a":"\ud800"}"""),
            Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(),
            Array.Empty<byte>(),
            new byte[3 << 20],
        };
        var sent = bodies
            .Select((body, i) => TestSilo.Message($"item {i}", body, "source", i, [1, 127, 128, int.MaxValue - i]))
            .ToArray();

        var transaction = await silo.CommitAsync(sent);

        var slice = await silo.Store.Messages.ReadAfterAsync(Position.Start, 100, long.MaxValue, Cancellation);
        Assert.Equal(sent.Length, slice.Messages.Count);
        for (var i = 0; i < sent.Length; i++)
        {
            var stored = await silo.Store.Messages.FindAsync(sent[i].Message.Id, Cancellation);
            foreach (var message in new[] { slice.Messages[i], stored! })
            {
                Assert.Equal(
                    (
                        Position.Of(transaction, i), sent[i].Message.Id, $"item {i}", "source", (long)i,
                        TestSilo.Noon.AddTicks(1), "application/json"),
                    (
                        message.Position, message.Id, message.Item, message.Source, message.ItemSequence,
                        message.ReceivedAt, message.MediaType));
                Assert.True(message.Body.Span.SequenceEqual(bodies[i]));
                Assert.Equal(sent[i].Generations, message.Generations);
            }
        }

        Assert.Null(await silo.Store.Messages.FindAsync(new MessageId(Guid.CreateVersion7()), Cancellation));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(700)]
    public async Task Pages_are_newest_first_and_stand_still_below_a_position(int count)
    {
        var silo = await JoinAsync();
        var sent = Enumerable.Range(0, count).Select(i => TestSilo.Message(sequence: i)).ToArray();
        foreach (var chunk in sent.Chunk(count / 2))
            await silo.CommitAsync(chunk);
        var horizon = await silo.Store.Messages.ReadHorizonAsync(Cancellation);
        await silo.CommitAsync(TestSilo.Message(sequence: -1));

        var read = new List<StoredMessage>();
        for (var offset = 0; offset < count + 7; offset += 7)
            read.AddRange(await silo.Store.Messages.ReadNewestAsync(horizon, offset, 7, Cancellation));

        Assert.Equal(sent.Reverse().Select(message => message.Message.Id), read.Select(message => message.Id));
        Assert.Equal(count, await silo.Store.Messages.CountBelowAsync(horizon, Cancellation));
        Assert.Equal(
            count + 1,
            await silo.Store.Messages.CountBelowAsync(
                await silo.Store.Messages.ReadHorizonAsync(Cancellation), Cancellation));
    }

    [Fact]
    public async Task A_count_is_exact_inside_a_round_and_over_incarnations()
    {
        var first = await JoinAsync();
        var one = await first.CommitAsync(TestSilo.Message(), TestSilo.Message(), TestSilo.Message());
        await first.CommitAsync();
        await Harness.CrashAsync(first.Store);
        var second = await JoinAsync();
        var two = await second.CommitAsync(TestSilo.Message(), TestSilo.Message());

        Task<long> Count(Position below) => second.Store.Messages.CountBelowAsync(below, Cancellation).AsTask();

        Assert.Equal(0, await Count(Position.Start));
        Assert.Equal(0, await Count(Position.Of(one, 0)));
        Assert.Equal(2, await Count(Position.Of(one, 2)));
        Assert.Equal(3, await Count(Position.Of(two, 0)));
        Assert.Equal(4, await Count(Position.Of(two, 1)));
        Assert.Equal(5, await Count(Position.Of(two + 1, 0)));
    }

    [Fact]
    public async Task A_slice_ends_at_its_limits_and_goes_on_from_any_position()
    {
        var silo = await JoinAsync();
        var body = new string('x', 100);
        await silo.CommitAsync(
            Enumerable.Range(0, 10).Select(i => TestSilo.Message(body: body, sequence: i)).ToArray());

        var byCount = await silo.Store.Messages.ReadAfterAsync(Position.Start, 4, 1 << 20, Cancellation);
        var byBytes = await silo.Store.Messages.ReadAfterAsync(byCount.Messages[^1].Position, 100, 250, Cancellation);
        var atLeastOne = await silo.Store.Messages.ReadAfterAsync(byBytes.Messages[^1].Position, 100, 1, Cancellation);
        var rest = await silo.Store.Messages.ReadAfterAsync(atLeastOne.Messages[^1].Position, 3, 1 << 20, Cancellation);
        var nothing = await silo.Store.Messages.ReadAfterAsync(rest.Messages[^1].Position, 3, 1 << 20, Cancellation);

        Assert.Equal(
            [(4, false), (2, false), (1, false), (3, true), (0, true)],
            new[] { byCount, byBytes, atLeastOne, rest, nothing }.Select(slice =>
                (slice.Messages.Count, slice.Complete)));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => (long)i),
            new[] { byCount, byBytes, atLeastOne, rest }
                .SelectMany(slice => slice.Messages)
                .Select(message => message.ItemSequence));
        Assert.True(nothing.Horizon > rest.Messages[^1].Position);
    }

    [Fact]
    public async Task What_lies_below_a_horizon_never_changes()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(TestSilo.Message());
        var horizon = await silo.Store.Messages.ReadHorizonAsync(Cancellation);

        var transaction = await silo.CommitAsync(TestSilo.Message());

        Assert.True(Position.Of(transaction, 0) >= horizon);
        Assert.True(await silo.Store.Messages.ReadHorizonAsync(Cancellation) > Position.Of(transaction, 0));
    }

    [Fact]
    public async Task Aggregates_are_read_by_window_and_group_in_pages()
    {
        var silo = await JoinAsync();
        var keys = (
            from window in new[] { -60_000L, 0, 60_000 }
            from name in new[] { "[]", "[\"A\"]", "[\"a\"]", "[\"ä\"]" }
            select new AggregateKey(4, window, name)
        ).ToList();
        await silo.CommitAsync(round =>
        {
            foreach (var key in keys.AsEnumerable().Reverse())
                round.States.Add(TestSilo.Aggregate(key, key.ToString(), true));
            round.States.Add(TestSilo.Aggregate(new AggregateKey(5, 0, "[]"), "other", true));
        });

        async Task<List<AggregateKey>> Read(
            string? group = null, long? from = null, long? to = null, AggregateKey? after = null, int limit = 100) =>
            (await silo.Store.Aggregates.ReadAggregatesAsync(4, group, from, to, after, limit, Cancellation))
                .Select(row => row.Key)
                .ToList();

        var all = keys.OrderBy(key => key.WindowStartMs).ThenBy(key => key.Group, StringComparer.Ordinal).ToList();
        Assert.Equal(all, await Read());
        Assert.Equal(all.Take(5), await Read(limit: 5));
        Assert.Equal(all.Skip(5), await Read(after: all[4]));
        Assert.Equal(all.Where(key => key.Group == "[\"a\"]"), await Read("[\"a\"]"));
        Assert.Equal(all.Where(key => key.WindowStartMs == 0), await Read(from: 0, to: 60_000));
        Assert.Equal(all.Where(key => key.WindowStartMs >= 0), await Read(from: 0));
        var first = (await silo.Store.Aggregates.ReadAggregatesAsync(4, null, null, null, null, 1, Cancellation))[0];
        Assert.Equal((1, first.Key.ToString()), (first.Version, Encoding.UTF8.GetString(first.State.Span)));
        Assert.Empty(await silo.Store.Aggregates.ReadAggregatesAsync(6, null, null, null, null, 1, Cancellation));
    }

    [Fact]
    public async Task The_ledger_sums_over_hours_and_incarnations_and_equals_a_recount()
    {
        var first = await JoinAsync();
        await first.CommitAsync(round =>
        {
            round.Messages.AddRange([TestSilo.Message(source: "a"), TestSilo.Message(source: "b")]);
            round.Ledger.AddRange([
                new LedgerDelta("a", TestSilo.Noon, 1, 1),
                new LedgerDelta("b", TestSilo.Noon, 1, 1),
            ]);
        });
        await first.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message(source: "a"));
            round.Ledger.Add(new LedgerDelta("a", TestSilo.Noon, 1, 1));
        });
        await Harness.CrashAsync(first.Store);
        var second = await JoinAsync();
        await second.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message(source: "a"));
            round.Ledger.Add(new LedgerDelta("a", TestSilo.Noon.AddHours(1), 1, 1));
        });

        var report = await second.Store.Ledger.ReadLedgerAsync(true, Cancellation);

        Assert.Equal(new LedgerCounts(4, 4, 0, 0, 0, 0), report.Total);
        Assert.Equal(report.Total, report.Recounted);
        Assert.Equal((3L, 1L), (report.BySource["a"].Accepted, report.BySource["b"].Accepted));
        Assert.Null((await second.Store.Ledger.ReadLedgerAsync(false, Cancellation)).Recounted);
    }
}
