using Tributary.Messages;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_are_found_by_status_and_no_more_are_looked_at_than_have_parts(bool newestFirst)
    {
        var silo = await JoinAsync();
        var sent = Enumerable
            .Range(0, 200)
            .Select(i =>
                With(
                    TestSilo.Message($"item {i % 7}", source: $"source {i % 3}", sequence: i),
                    i % 10 == 0
                        ?
                        [
                            Failed("a", MessageStatus.Parked),
                            Failed("b", (MessageStatus)(1 + i / 10 % 4)),
                            Failed("c", MessageStatus.Parked),
                        ]
                        : []))
            .ToList();
        await silo.CommitAsync([.. sent]);
        int Status(int i) => i % 10 == 0 ? Math.Min(3, 1 + i / 10 % 4) : 0;
        List<(MessageFilter Filter, Func<int, bool> Holds, int Scanned)> cases =
        [
            (new(Statuses: [MessageStatus.Parked]), i => Status(i) == 3, 20),
            (new(Statuses: [MessageStatus.Retrying]), i => Status(i) == 2, 5),
            (
                new(Statuses: [MessageStatus.Retrying, MessageStatus.Parked, MessageStatus.Parked]),
                i => Status(i) is 2 or 3,
                20),
            (new(Statuses: [MessageStatus.Processing]), i => Status(i) == 1, 20),
            (new(Statuses: [MessageStatus.Completed]), i => Status(i) == 0, 200),
            (new(Statuses: [MessageStatus.Completed, MessageStatus.Retrying]), i => Status(i) is 0 or 2, 200),
            (new(Statuses: [MessageStatus.Skipped]), i => false, 5),
            (new(Statuses: []), i => false, 0),
            (new(Statuses: [MessageStatus.Parked], Sources: ["source 1"]), i => Status(i) == 3 && i % 3 == 1, 20),
        ];

        foreach (var (filter, holds, scanned) in cases)
        {
            var expected = Enumerable.Range(0, 200).Where(holds).Select(i => (long)i);
            var found = await silo.Store.Messages.QueryMessagesAsync(
                Query(filter, newestFirst: newestFirst), Cancellation);
            Assert.Equal(newestFirst ? expected.Reverse() : expected, Sequences(found));
            Assert.Equal((scanned, true), (found.ScannedCount, found.IsComplete));
            var (paged, query) = (new List<long>(), Query(filter, 1, 7, newestFirst));
            while (true)
            {
                var part = await silo.Store.Messages.QueryMessagesAsync(query, Cancellation);
                paged.AddRange(Sequences(part));
                if (part.IsComplete)
                    break;
                query = newestFirst ? query with { Before = part.ScannedTo } : query with { After = part.ScannedTo };
            }

            Assert.Equal(Sequences(found), paged);
        }

        var items = await silo.Store.Messages
            .QueryMessagesAsync(
                Query(new MessageFilter(Items: ["item 3"], Statuses: [MessageStatus.Parked]), newestFirst: newestFirst),
                Cancellation);
        Assert.Equal(
            Enumerable.Range(0, 200).Where(i => i % 7 == 3 && Status(i) == 3).Select(i => (long)i),
            Sequences(items).Order());
    }

    [Fact]
    public async Task The_ledger_knows_how_many_messages_are_in_a_status()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
        {
            round.Messages.AddRange([With(TestSilo.Message(), Waiting), TestSilo.Message(), TestSilo.Message()]);
            round.Ledger.Add(Delta(3, (MessageStatus.Processing, 1), (MessageStatus.Completed, 2)));
        });

        async Task<long?> Count(MessageFilter filter) =>
            await silo.Store.Messages.CountMessagesAsync(filter, Cancellation);

        Assert.Equal(1, await Count(new MessageFilter(Statuses: [MessageStatus.Processing])));
        Assert.Equal(
            3,
            await Count(
                new MessageFilter(
                    Statuses: [MessageStatus.Processing, MessageStatus.Completed, MessageStatus.Processing])));
        Assert.Equal(
            2, await Count(new MessageFilter(Sources: ["source", "nothing"], Statuses: [MessageStatus.Completed])));
        Assert.Equal(0, await Count(new MessageFilter(Statuses: [MessageStatus.Parked])));
        Assert.Null(await Count(new MessageFilter(Items: ["item"], Statuses: [MessageStatus.Parked])));
        Assert.Null(
            await Count(new MessageFilter(Body: Body("/n", Comparison.Equal, "1"), Statuses: [MessageStatus.Parked])));
    }
}
