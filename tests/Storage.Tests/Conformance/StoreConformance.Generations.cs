using System.Text;
using Tributary.Storage.Generations;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Definitions, their generations, and which of them readers see.</summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_changed_definition_is_a_new_generation_and_a_former_one_is_found_again()
    {
        var silo = await JoinAsync();

        var first = await silo.Store.Generations.DeclareAsync(
            silo.Id, [Propose("b", "1"), Propose("a", "1")], Cancellation);
        var again = await silo.Store.Generations.DeclareAsync(
            silo.Id, [Propose("a", "1"), Propose("b", "1")], Cancellation);
        var changed = await silo.Store.Generations.DeclareAsync(silo.Id, [Propose("a", "2")], Cancellation);
        var back = await silo.Store.Generations.DeclareAsync(silo.Id, [Propose("a", "1")], Cancellation);

        Assert.Equal([("b", 1), ("a", 1)], first.Select(row => (row.Name, row.Generation)));
        Assert.Equal(first.Select(row => row.Id).Reverse(), again.Select(row => row.Id));
        Assert.Equal(
            ("a", 2, "2"),
            (changed[0].Name, changed[0].Generation, Encoding.UTF8.GetString(changed[0].Definition.Span)));
        Assert.Equal(first[1].Id, back[0].Id);
        var all = (await silo.Store.Generations.ReadAsync(Cancellation)).Rows;
        Assert.Equal(3, all.Select(row => row.Id).Distinct().Count());
        Assert.Equal(all.Select(row => row.Id).Order(), all.Select(row => row.Id));
    }

    [Fact]
    public async Task The_first_generation_is_live_at_once_and_a_later_one_when_it_is_switched_to()
    {
        var silo = await JoinAsync();
        var generations = silo.Store.Generations;
        var (a1, b1) = (await RegisterAsync(silo, "a", "1"), await RegisterAsync(silo, "b", "1"));
        var (a2, b2) = (await RegisterAsync(silo, "a", "2"), await RegisterAsync(silo, "b", "2"));

        Assert.True(a1 is { IsLive: true, LivedAt: not null });
        Assert.True(a2 is { IsLive: false, LivedAt: null });
        Assert.Equal([a2.Id, b2.Id], Live((await generations.SwitchAsync([a2.Id, b2.Id], Cancellation)).Rows));
        var back = await generations.SwitchAsync([a1.Id], Cancellation);
        Assert.Equal([b2.Id, a1.Id], Live(back.Rows).OrderDescending());
        silo = await ReopenAsync();
        var all = (await silo.Store.Generations.ReadAsync(Cancellation)).Rows.ToDictionary(row => row.Id);
        Assert.Equal([a1.Id, b2.Id], Live([.. all.Values]));
        Assert.All([a1, a2, b1, b2], row => Assert.NotNull(all[row.Id].LivedAt));
        Assert.Equal(a1.LivedAt, all[a1.Id].LivedAt);
    }

    [Fact]
    public async Task What_is_live_cannot_be_dropped_and_what_is_dropped_does_not_come_back()
    {
        var silo = await JoinAsync();
        var generations = silo.Store.Generations;
        var live = await RegisterAsync(silo, "a", "1");
        var other = await RegisterAsync(silo, "a", "2");

        await AssertCodeAsync("generation_live", () => generations.DropAsync([other.Id, live.Id], Cancellation));
        Assert.All((await silo.Store.Generations.ReadAsync(Cancellation)).Rows, row => Assert.Null(row.DroppedAt));
        var dropped = (await generations.DropAsync([other.Id], Cancellation)).Rows.Single(row => row.Id == other.Id);
        Assert.NotNull(dropped.DroppedAt);
        Assert.Equal(
            dropped.DroppedAt,
            (await generations.DropAsync([other.Id], Cancellation)).Rows.Single(row => row.Id == other.Id).DroppedAt);
        await AssertCodeAsync("generation_dropped", () => generations.SwitchAsync([other.Id], Cancellation));
        await AssertCodeAsync("generation_not_found", () => generations.SwitchAsync([live.Id, 77], Cancellation));
        Assert.Equal(3, (await RegisterAsync(silo, "a", "2")).Generation);
    }

    private static DefinitionProposal Propose(string name, string hash) =>
        new(name, hash, Encoding.UTF8.GetBytes(hash));

    private static async Task<DefinitionRow> RegisterAsync(TestSilo silo, string name, string hash) =>
        Assert.Single(await silo.Store.Generations.DeclareAsync(silo.Id, [Propose(name, hash)], Cancellation));

    private static IEnumerable<int> Live(IReadOnlyList<DefinitionRow> rows) =>
        rows.Where(row => row.IsLive).Select(row => row.Id);

    private static async Task AssertCodeAsync(string code, Func<ValueTask<StoredDefinitions>> act) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<TributaryException>(async () => await act())).Code);
}
