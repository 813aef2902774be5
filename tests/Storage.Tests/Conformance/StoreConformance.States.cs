using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task States_of_every_table_are_stored_changed_and_loaded(int count)
    {
        var silo = await JoinAsync();
        StateRow[] Rows(string state, bool isNew) => Enumerable.Range(0, count).SelectMany(i => new[]
        {
            TestSilo.Item($"item {i}", state + i, isNew),
            TestSilo.Aggregate(new AggregateKey(3, -60_000 * i, $"[\"a/b\",{i}]"), state + i, isNew),
            new StateRow(StateTable.Grains, new RoundGrainId("provider", $"p{i}"), new PartitionId(i % 256), 2,
                new byte[] { 0, 255, (byte)i }, isNew),
        }).ToArray();

        await silo.CommitAsync(round => round.States.AddRange(Rows("first", true)));
        await silo.CommitAsync(round => round.States.AddRange(Rows("second", false)));

        var expected = Rows("second", false);
        var request = new LoadRequest();
        request.States.AddRange(expected.Select(row => (row.Table, row.Grain)));
        request.States.Add((StateTable.Items, new RoundGrainId("item", "nobody")));
        request.States.Add((StateTable.Grains, new RoundGrainId("nothing", "p0")));
        var loaded = await silo.Store.LoadAsync(request, Cancellation);

        Assert.Equal(expected.Length, loaded.States.Count);
        foreach (var row in expected)
        {
            Assert.Equal(row.Version, loaded.States[row.Grain].Version);
            Assert.Equal(row.State.ToArray(), loaded.States[row.Grain].State.ToArray());
        }
    }

    [Fact]
    public async Task New_and_changed_states_mix_in_one_round()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round => round.States.Add(TestSilo.Item("a", "1", true)));

        await silo.CommitAsync(round =>
        {
            round.States.Add(TestSilo.Item("a", "2", false));
            round.States.Add(TestSilo.Item("b", "3", true));
        });

        Assert.Equal("2", await silo.LoadTextAsync(TestSilo.Item("a", "", false)));
        Assert.Equal("3", await silo.LoadTextAsync(TestSilo.Item("b", "", false)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ключ/鍵/🔑")]
    [InlineData("it's \"quoted\" \\ {} , \r\n\t")]
    [InlineData("\u0001\u007f\ufeff\u200b\uffff")]
    public async Task Any_text_identifies(string text)
    {
        var silo = await JoinAsync();
        var rows = new[]
        {
            TestSilo.Item(text, "{}", true),
            TestSilo.Aggregate(new AggregateKey(1, 0, text), "{}", true),
            new StateRow(StateTable.Grains, new RoundGrainId("t" + text, text), new PartitionId(1), 1,
                new byte[] { 1 }, true),
        };
        await silo.CommitAsync(round =>
        {
            round.States.AddRange(rows);
            round.Messages.Add(TestSilo.Message(text, source: text));
            round.Ledger.Add(new LedgerDelta(text, TestSilo.Noon, 1, 1));
        });

        foreach (var row in rows)
            Assert.NotNull(await silo.LoadAsync(row));
        var message = Assert.Single(
            (await silo.Store.Messages.ReadAfterAsync(Position.Start, 10, 1000, Cancellation)).Messages);
        Assert.Equal((text, text), (message.Item, message.Source));
        Assert.Equal(1, (await silo.Store.Ledger.ReadLedgerAsync(false, Cancellation)).BySource[text].Accepted);
    }

    [Fact]
    public async Task A_state_of_a_megabyte_and_an_empty_one_come_back()
    {
        var silo = await JoinAsync();
        var large = new string('x', 1 << 20);
        await silo.CommitAsync(round =>
        {
            round.States.Add(TestSilo.Item("large", large, true));
            round.States.Add(TestSilo.Item("empty", "", true));
        });

        Assert.Equal(large, await silo.LoadTextAsync(TestSilo.Item("large", "", false)));
        Assert.Equal("", await silo.LoadTextAsync(TestSilo.Item("empty", "", false)));
    }

    [Fact]
    public async Task External_ids_are_found_in_their_partition()
    {
        var silo = await JoinAsync();
        var key = ExternalKey.Of("source", "the item", "external");
        var second = TestSilo.Message("the item");
        var transaction = await silo.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.Messages.Add(second);
            round.ExternalIds.Add(new ExternalIdRow(new PartitionId(5), key, UInt128.MaxValue - 1, 1));
        });

        var request = new LoadRequest();
        request.ExternalIds.Add((new PartitionId(5), key));
        request.ExternalIds.Add((new PartitionId(5), ExternalKey.Of("source", "another item", "external")));
        var known = Assert.Single((await silo.Store.LoadAsync(request, Cancellation)).ExternalIds);
        var elsewhere = new LoadRequest();
        elsewhere.ExternalIds.Add((new PartitionId(6), key));

        Assert.Equal((new PartitionId(5), key), known.Key);
        Assert.Equal(
            (second.Message.Id, "the item", UInt128.MaxValue - 1, Position.Of(transaction, 1)),
            (known.Value.Id, known.Value.Item, known.Value.BodyHash, known.Value.Position));
        Assert.Empty((await silo.Store.LoadAsync(elsewhere, Cancellation)).ExternalIds);
    }

    [Fact]
    public async Task External_ids_are_cut_by_the_day_of_acceptance()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < 5; i++)
            {
                round.Messages.Add(TestSilo.Message());
                round.ExternalIds.Add(
                    new ExternalIdRow(new PartitionId(5), ExternalKey.Of("source", "item", $"{i}"), 1, i));
            }
        });

        Assert.Equal(0, await silo.Store.ExternalIds.CutAsync(TestSilo.Noon.AddHours(11), 10, Cancellation));
        Assert.Equal(3, await silo.Store.ExternalIds.CutAsync(TestSilo.Noon.AddDays(1), 3, Cancellation));
        Assert.Equal(2, await silo.Store.ExternalIds.CutAsync(TestSilo.Noon.AddDays(1), 3, Cancellation));
    }

    [Fact]
    public async Task External_ids_of_earlier_versions_are_found_until_they_are_cut()
    {
        var old =
            new KnownMessage(new MessageId(Guid.CreateVersion7()), "the item", UInt128.MaxValue - 1, Position.Of(3, 4));
        var key = (new PartitionId(5), ExternalKey.Unscoped("source", "external"));
        var first = NewStore();
        await TestSilo.JoinAsync(first);
        await first.DisposeAsync();
        await Harness.LeaveUnscopedAsync(key.Item1, key.Item2, old, day: 20_000);

        var silo = await JoinAsync();
        var request = new LoadRequest();
        request.UnscopedExternalIds.AddRange([key, (new PartitionId(6), key.Item2)]);
        var known = Assert.Single((await silo.Store.LoadAsync(request, Cancellation)).UnscopedExternalIds);
        Assert.Equal((key, old.Id, "the item", old.BodyHash, old.Position),
            (known.Key, known.Value.Id, known.Value.Item, known.Value.BodyHash, known.Value.Position));

        await silo.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.ExternalIds.Add(
                new ExternalIdRow(new PartitionId(5), ExternalKey.Of("source", "item", "external"), 1, 0));
        });
        Assert.Equal(1, await silo.Store.ExternalIds.CutAsync(TestSilo.Noon.AddDays(1), 1, Cancellation));
        Assert.Empty((await silo.Store.LoadAsync(request, Cancellation)).UnscopedExternalIds);
        Assert.Equal(1, await silo.Store.ExternalIds.CutAsync(TestSilo.Noon.AddDays(1), 1, Cancellation));
    }

    [Fact]
    public async Task A_silo_that_joins_is_told_whether_earlier_versions_left_external_ids()
    {
        var first = NewStore();
        await first.OpenAsync(Cancellation);
        Assert.False((await first.JoinAsync("", Cancellation)).HasUnscopedExternalIds);
        await first.DisposeAsync();
        await Harness.LeaveUnscopedAsync(
            new PartitionId(5), ExternalKey.Unscoped("source", "external"),
            new KnownMessage(new MessageId(Guid.CreateVersion7()), "item", 1, Position.Of(3, 4)), day: 20_000);

        var second = NewStore();
        await second.OpenAsync(Cancellation);

        Assert.True((await second.JoinAsync("", Cancellation)).HasUnscopedExternalIds);
    }
}
