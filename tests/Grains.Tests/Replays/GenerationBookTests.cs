using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Generations;
using Tributary.Storage.Generations;

namespace Tributary.Grains.Tests.Replays;

public sealed class GenerationBookTests
{
    [Fact]
    public void Readers_see_the_live_generation_and_messages_are_counted_in_the_configured_one_as_well()
    {
        var book = new GenerationBook([Row(1, 1, "/a") with { IsLive = true }, Row(2, 2, "/b")], [Row(2, 2, "/b")], 1);

        Assert.Equal(1, Assert.Single(book.Live.Definitions).Generation);
        Assert.Equal([1, 2], book.Declared.Select(active => active.Generation));
    }

    [Fact]
    public void Of_many_generations_the_newest_the_live_and_the_configured_one_are_counted_in()
    {
        List<DefinitionRow> rows =
        [
            .. Enumerable
                .Range(1, 9)
                .Select(number => Row(number, number, $"/p{number}") with { IsLive = number == 2 }),
        ];
        rows[8] = rows[8] with { DroppedAt = FakeTurn.Start };

        Assert.Equal([1, 2, 5, 6, 7, 8], new GenerationBook(rows, [rows[0]], 1).Fed.Select(row => row.Id));
    }

    [Fact]
    public void What_was_not_fed_is_not_fed_after_a_change_either()
    {
        List<DefinitionRow> rows =
        [
            .. Enumerable
                .Range(1, 6)
                .Select(number => Row(number, number, $"/p{number}") with { IsLive = number == 6 }),
        ];
        var book = new GenerationBook(rows, [rows[5]], 1);
        Assert.Equal([3, 4, 5, 6], book.Fed.Select(row => row.Id));
        rows[4] = rows[4] with { DroppedAt = FakeTurn.Start };

        Assert.Equal([3, 4, 6], book.With(rows).Fed.Select(row => row.Id));
    }

    [Fact]
    public void Of_equal_definitions_one_generation_is_counted_in() =>
        Assert.Equal(
            [3],
            new GenerationBook(
                [Row(1, 1, "/a"), Row(3, 3, "/a") with { IsLive = true }],
                [Row(3, 3, "/a")],
                1).Fed.Select(row => row.Id));

    [Fact]
    public void A_process_that_only_reads_sees_what_is_live_and_counts_in_nothing()
    {
        var book = new GenerationBook([Row(1, 1, "/a"), Row(2, 2, "/b") with { IsLive = true }], [], 0) { IsReader =
            true };

        Assert.Equal(2, Assert.Single(book.Live.Definitions).Generation);
        Assert.Empty(book.Fed);
        // It does not know what the silos count, and claims nothing; after a change neither.
        Assert.Null(book.Live.IsFed(book.Live.Definitions[0]));
        Assert.Empty(book.Unfed);
        Assert.Null(book.With(book.Generations).Live.Fed);
    }

    [Fact]
    public void What_left_the_configuration_is_seen_after_what_it_has_and_not_counted_in()
    {
        List<DefinitionRow> rows =
            [Row(1, 1, "/a", "left") with { IsLive = true }, Row(2, 1, "/b", "kept") with { IsLive = true },
            Row(3, 2, "/c", "left")];
        var book = new GenerationBook(rows, [rows[1]], 1);

        Assert.Equal([("kept", true), ("left", false)],
            book.Live.Definitions.Select(active => (active.Definition.Name, book.Live.IsFed(active)!.Value)));
        Assert.Equal([1], book.Unfed.Select(row => row.Id));
        Assert.Equal([2], book.Declared.Select(active => active.Generation));
    }

    [Fact]
    public void With_an_empty_configuration_nothing_is_counted_in_and_all_is_seen()
    {
        List<DefinitionRow> rows =
            [Row(1, 1, "/a", "one") with { IsLive = true }, Row(2, 1, "/b", "two") with { IsLive = true }];
        var book = new GenerationBook(rows, [], 0);

        Assert.Equal([false, false], book.Live.Definitions.Select(active => book.Live.IsFed(active)!.Value));
        Assert.Equal([1, 2], book.Unfed.Select(row => row.Id));
        Assert.Empty(book.Fed);
    }

    private static DefinitionRow Row(int id, int number, string pointer, string name = "a")
    {
        var definition = AggregateDefinition.Parse(System.Text.Json.JsonElement.Parse(
            $$"""{"name":"{{name}}","group":[{"name":"g","pointer":"{{pointer}}"}],"measures":[{"name":"n","kind":"count"}]}"""),
            name);
        return new DefinitionRow(id, name, number, definition.Hash, definition.Json, FakeTurn.Start);
    }
}
