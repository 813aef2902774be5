using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Tests.Queries;

/// <summary>Which generations are fed, by what the living silos declared.</summary>
public sealed class FedGenerationsTests
{
    [Fact]
    public void Of_many_generations_the_newest_the_live_and_the_declared_one_are_fed()
    {
        List<DefinitionRow> rows = [.. Enumerable.Range(1, 9).Select(number => Row(number, "a", number))];
        rows[1] = rows[1] with { IsLive = true };
        rows[8] = rows[8] with { DroppedAt = DateTimeOffset.UnixEpoch };

        Assert.Equal([1, 2, 5, 6, 7, 8], Fed(rows, [[1]]));
    }

    [Fact]
    public void Of_equal_definitions_the_newest_is_fed() =>
        Assert.Equal(
            [3],
            Fed([Row(1, "a", 1) with { Hash = "same" }, Row(3, "a", 3) with { Hash = "same", IsLive = true }], [[3]]));

    [Fact]
    public void What_any_silo_has_is_fed_by_all_and_what_no_silo_has_is_not()
    {
        List<DefinitionRow> rows =
        [
            Row(1, "a", 1) with { IsLive = true }, Row(2, "b", 1) with { IsLive = true },
            Row(3, "c", 1) with { IsLive = true },
        ];

        Assert.Equal([1, 2], Fed(rows, [[1], [2], []]));
    }

    [Fact]
    public void While_no_silo_has_declared_nothing_changes() =>
        Assert.Empty(FedGenerations.Changes([Row(1, "a", 1) with { IsFed = true }], Declared([])));

    [Fact]
    public void A_new_version_of_code_waits_for_the_last_silo_without_it()
    {
        List<DefinitionRow> rows = [Code(1, 1) with { IsLive = true }, Code(2, 2)];

        Assert.Equal([1], Fed(rows, [[2], [1]]));
        Assert.Equal([1, 2], Fed(rows, [[2], [2]]));
    }

    [Fact]
    public void Code_that_one_silo_lacks_feeds_nothing() => Assert.Empty(Fed([Code(1, 1), Code(2, 2)], [[1], []]));

    [Fact]
    public void While_some_silos_go_back_to_former_code_only_what_all_have_is_fed()
    {
        List<DefinitionRow> rows = [Code(1, 1), Code(2, 2) with { IsLive = true }];

        Assert.Equal([1], Fed(rows, [[1], [2]]));
        // As with one silo: what the code makes is added to its later generation too, which readers see.
        Assert.Equal([1, 2], Fed(rows, [[1], [1]]));
    }

    private static IEnumerable<int> Fed(IReadOnlyList<DefinitionRow> rows, HashSet<int>[] declared)
    {
        var changes = FedGenerations.Changes(rows, Declared(declared));
        return rows.Where(row => changes.TryGetValue(row.Id, out var isFed) ? isFed : row.IsFed)
            .Select(row => row.Id);
    }

    private static Dictionary<SiloId, HashSet<int>> Declared(HashSet<int>[] declared) =>
        declared.Select((ids, index) => (ids, index)).ToDictionary(one => new SiloId(one.index + 1), one => one.ids);

    private static DefinitionRow Code(int id, int generation) =>
        Row(id, "plugin:p", generation) with { NeedsCode = true };

    private static DefinitionRow Row(int id, string name, int generation) =>
        new(id, name, generation, $"hash {id}", ReadOnlyMemory<byte>.Empty, DateTimeOffset.UnixEpoch);
}
