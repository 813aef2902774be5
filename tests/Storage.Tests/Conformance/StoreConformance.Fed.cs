using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Which generations are fed, from which position on, and which rounds may store messages then.</summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_declared_definition_is_fed_from_a_position_above_all_that_was_stored()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(TestSilo.Message());
        var before = (await ReadAllAsync(silo))[^1];

        var row = await DeclareAsync(silo, Propose("a", "1"));

        Assert.True(row is { IsFed: true, IsLive: true });
        Assert.True(row.FedFrom > before);
        await silo.CommitAsync(TestSilo.Message());
        Assert.True((await ReadAllAsync(silo))[^1] >= row.FedFrom);
    }

    [Fact]
    public async Task A_round_of_an_earlier_version_stores_nothing_and_goes_in_as_one_of_the_version_that_counts()
    {
        var silo = await JoinAsync();
        await DeclareAsync(silo, Propose("a", "1"));
        var known = silo.Definitions;
        var again = await silo.Store.Generations.DeclareAsync(silo.Id, [Propose("a", "1")], Cancellation);
        Assert.Equal(known, (await silo.Store.Generations.ReadAsync(Cancellation)).Version);
        await silo.CommitAsync(TestSilo.Message());

        await silo.Store.Generations.DeclareAsync(silo.Id, [Propose("a", "2")], Cancellation);
        var stored = await silo.Store.Generations.ReadAsync(Cancellation);
        var refused = await silo.TryCommitAsync(round => round.Messages.Add(TestSilo.Message()));

        Assert.Equal(known + 1, stored.Version);
        Assert.Equal(new CommitOutcome.Outdated(stored.Version), refused);
        Assert.Single(await ReadAllAsync(silo));
        Assert.IsType<RoundResolution.NotApplied>(
            await silo.Store.ResolveAsync(silo.Id, silo.Round + 1, Cancellation));
        silo.Definitions = stored.Version;
        await silo.CommitAsync(TestSilo.Message());
        Assert.Equal(2, (await ReadAllAsync(silo)).Count);
        // Both are fed: the former one is what readers see.
        Assert.All(stored.Rows, row => Assert.True(row.IsFed));
        Assert.Equal(again[0].FedFrom, stored.Rows[0].FedFrom);
        Assert.True(stored.Rows[1].FedFrom > stored.Rows[0].FedFrom);
    }

    [Fact]
    public async Task A_large_round_of_an_earlier_version_stores_nothing_either()
    {
        var silo = await JoinAsync();
        await silo.Store.Generations.DeclareAsync(silo.Id, [Propose("a", "1")], Cancellation);

        var refused = await silo.TryCommitAsync(round =>
            round.Messages.AddRange(Enumerable.Range(0, 500).Select(_ => TestSilo.Message())));

        Assert.IsType<CommitOutcome.Outdated>(refused);
        Assert.Empty(await ReadAllAsync(silo));
        silo.Definitions = ((CommitOutcome.Outdated)refused).Definitions;
        await silo.CommitAsync([.. Enumerable.Range(0, 500).Select(_ => TestSilo.Message())]);
        Assert.Equal(500, (await ReadAllAsync(silo)).Count);
    }

    [Fact]
    public async Task A_restart_with_the_same_definitions_leaves_the_position_and_one_without_them_ends_it()
    {
        var silo = await JoinAsync();
        var first = await DeclareAsync(silo, Propose("a", "1"));
        silo = await ReopenAsync();
        Assert.False((await silo.Store.Generations.ReadAsync(Cancellation)).IsDue);
        var again = await DeclareAsync(silo, Propose("a", "1"));

        silo = await ReopenAsync();
        await silo.Store.Generations.DeclareAsync(silo.Id, [], Cancellation);
        var without = Assert.Single((await silo.Store.Generations.ReadAsync(Cancellation)).Rows);
        silo = await ReopenAsync();
        var back = await DeclareAsync(silo, Propose("a", "1"));

        Assert.Equal(first.FedFrom, again.FedFrom);
        Assert.True(without is { IsFed: false, FedFrom: null, IsLive: true });
        Assert.Equal(first.Id, back.Id);
        Assert.True(back.FedFrom >= first.FedFrom);
    }

    [Fact]
    public async Task What_was_given_up_is_not_fed_and_the_rounds_learn_of_it()
    {
        var silo = await JoinAsync();
        await DeclareAsync(silo, Propose("a", "1"));
        var second = await DeclareAsync(silo, Propose("a", "2"));
        await silo.Store.Generations.SwitchAsync([second.Id], Cancellation);
        var before = (await silo.Store.Generations.ReadAsync(Cancellation)).Version;
        Assert.Equal(silo.Definitions, before);

        var after = await silo.Store.Generations.DropAsync([second.Id - 1], Cancellation);

        Assert.Equal(before + 1, after.Version);
        Assert.Equal([second.Id], after.Rows.Where(row => row.IsFed).Select(row => row.Id));
    }

    private static async Task<DefinitionRow> DeclareAsync(TestSilo silo, DefinitionProposal proposal)
    {
        var row = Assert.Single(await silo.Store.Generations.DeclareAsync(silo.Id, [proposal], Cancellation));
        silo.Definitions = (await silo.Store.Generations.ReadAsync(Cancellation)).Version;
        return row;
    }

    private static async Task<IReadOnlyList<Position>> ReadAllAsync(TestSilo silo) =>
    [
        .. (await silo.Store.Messages.ReadAfterAsync(Position.Start, 1000, 1 << 20, Cancellation)).Messages
            .Select(static message => message.Position),
    ];
}
