using Tributary.Silo.Demo;

namespace Tributary.Silo.Tests.Demo;

public sealed class PlainTableTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_numbers_stand_at_the_right()
    {
        var table = Table("quakes");
        table.AddRow(["ak", "1"]);
        table.AddRow(["a longer name", "12345678"]);

        AssertLines(
            table,
            "quakes",
            "network           count",
            "-------------  --------",
            "ak                    1",
            "a longer name  12345678");
    }

    [Fact]
    public void A_table_without_rows_is_as_wide_as_the_names_of_its_columns() =>
        AssertLines(Table("empty"), "empty", "network  count", "-------  -----");

    [Fact]
    public void A_note_stands_below_the_rows()
    {
        var table = Table("quakes");
        table.AddRow(["ak", "1"]);
        table.Note = "the first of many";

        AssertLines(table, "quakes", "network  count", "-------  -----", "ak           1", "the first of many");
    }

    [Fact]
    public void No_line_ends_with_spaces()
    {
        var table = new PlainTable("places");
        table.AddColumn("place", isNumber: false);
        table.AddColumn("state", isNumber: false);
        table.AddRow(["Idyllwild", ""]);
        table.AddRow(["", "California"]);

        AssertLines(
            table, "places", "place      state", "---------  ----------", "Idyllwild", "           California");
    }

    [Fact]
    public void A_cell_of_40_characters_is_whole_and_a_longer_one_ends_with_an_ellipsis()
    {
        var table = Table("long");
        table.AddRow([new string('a', 40), "1"]);
        table.AddRow([new string('b', 41), "2"]);

        Assert.Equal([new string('a', 40) + "      1", new string('b', 39) + "…      2"], Lines(table)[3..]);
    }

    [Fact]
    public void Characters_that_would_move_the_cursor_or_turn_the_text_are_replaced()
    {
        var table = Table("a\u001B[2Jb");
        table.AddRow(["two\r\nlines\t\u2028", "1"]);
        table.AddRow(["\u202Ereversed", "2"]);

        AssertLines(
            table,
            "a\uFFFD[2Jb",
            "network       count",
            "------------  -----",
            "two\uFFFD\uFFFDlines\uFFFD\uFFFD      1",
            "\uFFFDreversed         2");
    }

    [Fact]
    public void A_character_of_two_code_units_counts_once_and_is_never_cut_in_two()
    {
        var table = Table("emoji");
        table.AddRow([string.Concat(Enumerable.Repeat("🌋", 41)), "1"]);
        table.AddRow(["half \uD83C", "2"]);

        Assert.Equal(
            [
                string.Concat(Enumerable.Repeat("🌋", 39)) + "…      1",
                "half \uFFFD" + new string(' ', 34) + "      2",
            ],
            Lines(table)[3..]);
    }

    [Theory]
    [InlineData("ak")]
    [InlineData("ak", "1", "2")]
    public void A_row_has_one_cell_for_each_column(params string[] cells) =>
        Assert.Contains(
            $"found {cells.Length} cells; allowed: 2",
            Assert.Throws<ArgumentException>(() => Table("quakes").AddRow(cells)).Message,
            StringComparison.Ordinal);

    private static PlainTable Table(string title)
    {
        var table = new PlainTable(title);
        table.AddColumn("network", isNumber: false);
        table.AddColumn("count", isNumber: true);
        return table;
    }

    private static string[] Lines(PlainTable table) => table.ToString().TrimEnd().Split(Environment.NewLine);

    private static void AssertLines(PlainTable table, params string[] expected) =>
        Assert.Equal(string.Concat(expected.Select(line => line + Environment.NewLine)), table.ToString());
}
