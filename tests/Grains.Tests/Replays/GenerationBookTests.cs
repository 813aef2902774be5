using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Generations;
using Tributary.Storage.Generations;

namespace Tributary.Grains.Tests.Replays;

public sealed class GenerationBookTests
{
    [Fact]
    public void Readers_see_the_live_generation_and_messages_are_counted_in_all_that_is_fed()
    {
        var book = Book(
            [Row(1, 1, "/a") with { IsLive = true, IsFed = true }, Row(2, 2, "/b") with { IsFed = true }], 2);

        Assert.Equal(1, Assert.Single(book.Live.Definitions).Generation);
        Assert.Equal([1, 2], book.Declared.Select(active => active.Generation));
        Assert.True(book.Live.IsFed(book.Live.Definitions[0]));
    }

    [Fact]
    public void What_another_silo_has_is_counted_here_too()
    {
        var book = Book([Row(1, 1, "/a", "elsewhere") with { IsLive = true, IsFed = true }]);

        Assert.Equal([1], book.Declared.Select(active => active.Generation));
        Assert.Empty(book.Configured);
    }

    [Fact]
    public void A_plugin_adds_to_its_own_generation_before_all_silos_have_it()
    {
        var book = Book(
            [Plugin(1, 1) with { IsLive = true, IsFed = true }, Plugin(2, 2)], 2);

        Assert.Equal([1, 2], book.Bound.Select(row => row.Id));
        Assert.Null(book.FedOf(2));
        Assert.Empty(book.Declared);
    }

    [Fact]
    public void A_change_replaces_what_is_fed_and_keeps_what_is_configured()
    {
        List<DefinitionRow> rows =
            [Row(1, 1, "/a") with { IsLive = true, IsFed = true }, Row(2, 2, "/b") with { IsFed = true }];
        var book = Book(rows, 2);
        rows[0] = rows[0] with { IsFed = false, DroppedAt = FakeTurn.Start };

        var next = book.With(new StoredDefinitions(2, rows, IsDue: false));

        Assert.Equal([2], next.Fed.Select(row => row.Id));
        Assert.True(next.IsConfigured(rows[1]));
        Assert.Equal(2, next.Stored.Version);
    }

    [Fact]
    public void What_no_configuration_has_is_seen_after_what_the_own_one_has_and_not_counted_in()
    {
        var book = Book(
            [
                Row(1, 1, "/a", "left") with { IsLive = true },
                Row(2, 1, "/b", "kept") with { IsLive = true, IsFed = true }, Row(3, 2, "/c", "left"),
            ],
            2);

        Assert.Equal([("kept", true), ("left", false)],
            book.Live.Definitions.Select(active => (active.Definition.Name, book.Live.IsFed(active))));
        Assert.Equal([1], book.Unfed.Select(row => row.Id));
        Assert.Equal([2], book.Declared.Select(active => active.Generation));
    }

    private static GenerationBook Book(IReadOnlyList<DefinitionRow> rows, params int[] configured) =>
        new(
            new StoredDefinitions(1, rows, IsDue: false),
            [.. configured.Select(id => rows.First(row => row.Id == id))]);

    private static DefinitionRow Plugin(int id, int number) =>
        new(id, "plugin:p", number, $"hash {id}", "{}"u8.ToArray(), FakeTurn.Start) { NeedsCode = true };

    private static DefinitionRow Row(int id, int number, string pointer, string name = "a")
    {
        var definition = AggregateDefinition.Parse(System.Text.Json.JsonElement.Parse(
            $$"""{"name":"{{name}}","group":[{"name":"g","pointer":"{{pointer}}"}],"measures":[{"name":"n","kind":"count"}]}"""),
            name);
        return new DefinitionRow(id, name, number, definition.Hash, definition.Json, FakeTurn.Start);
    }
}
