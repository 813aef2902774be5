namespace Tributary.Api.Http;

/// <summary>
/// One page of a list. The rows are read with one more than the page may have: that row shows that more follow.
/// </summary>
internal readonly struct ListPage<TRow>(IReadOnlyList<TRow> rows, int limit)
{
    public IEnumerable<TRow> Rows => rows.Take(limit);

    /// <summary>The text of the last row, from which the next page goes on; null at the end.</summary>
    public string? Next(Func<TRow, string> textOf) => rows.Count > limit ? textOf(rows[limit - 1]) : null;
}
