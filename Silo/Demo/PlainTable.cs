using System.Globalization;
using System.Text;

namespace Tributary.Silo.Demo;

/// <summary>
/// A table as plain lines: its title, the names of its columns, a rule, the rows and perhaps a note. It looks the same
/// in a terminal and in a file.
/// </summary>
internal sealed class PlainTable(string title)
{
    /// <summary>Characters of a cell; a longer one is cut and ends with an ellipsis.</summary>
    public const int MaxCellCount = 40;

    private const string Gap = "  ";

    private readonly List<(string Name, bool IsNumber)> columns = [];
    private readonly List<IReadOnlyList<string>> rows = [];

    /// <summary>A line below the rows, or null.</summary>
    public string? Note { get; set; }

    /// <param name="isNumber">Numbers stand at the right of their column, all else at the left.</param>
    public void AddColumn(string name, bool isNumber) => columns.Add((Shown(name), isNumber));

    /// <exception cref="ArgumentException">There is not one cell for each column.</exception>
    public void AddRow(IEnumerable<string> cells)
    {
        List<string> row = [.. cells.Select(Shown)];
        if (row.Count != columns.Count)
            throw new ArgumentException($"found {row.Count} cells; allowed: {columns.Count}", nameof(cells));
        rows.Add(row);
    }

    public override string ToString()
    {
        List<string> names = [.. columns.Select(column => column.Name)];
        List<int> widths = [.. names.Select((name, at) =>
            rows.Select(row => WidthOf(row[at])).Append(WidthOf(name)).Max())];
        var text = new StringBuilder().AppendLine(Shown(title));
        AppendLine(text, names, widths);
        AppendLine(text, [.. widths.Select(width => new string('-', width))], widths);
        foreach (var row in rows)
            AppendLine(text, row, widths);
        return Note is null ? text.ToString() : text.AppendLine(Note).ToString();
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<string> cells, List<int> widths)
    {
        var line = new StringBuilder();
        for (var at = 0; at < cells.Count; at++)
        {
            var padding = new string(' ', widths[at] - WidthOf(cells[at]));
            line.Append(at == 0 ? "" : Gap).Append(columns[at].IsNumber ? padding + cells[at] : cells[at] + padding);
        }

        text.AppendLine(line.ToString().TrimEnd(' '));
    }

    // Groups come from messages: a control character must not move the cursor, nor a line feed break the row.
    private static string Shown(string text)
    {
        List<Rune> runes = [.. text.EnumerateRunes().Take(MaxCellCount + 1)];
        var (kept, end) = runes.Count > MaxCellCount ? (MaxCellCount - 1, "…") : (runes.Count, "");
        return string.Concat(runes.Take(kept).Select(rune => IsVisible(rune) ? rune : Rune.ReplacementChar)) + end;
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static int WidthOf(string text) => text.EnumerateRunes().Count();
}
