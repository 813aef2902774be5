namespace Tributary.GraphQL.Language;

/// <summary>Names that nearly every document contains, shared so that lexing them allocates nothing.</summary>
internal static class NameTable
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = new HashSet<string>(
        StringComparer.Ordinal)
    {
        "query",
        "mutation",
        "subscription",
        "fragment",
        "on",
        "true",
        "false",
        "null",
        "id",
        "name",
        "type",
        "nodes",
        "edges",
        "node",
        "cursor",
        "pageInfo",
        "hasNextPage",
        "endCursor",
        "first",
        "after",
        "filter",
        "Int",
        "String",
        "Boolean",
        "ID",
        "Float",
        "skip",
        "include",
        "if",
        "__typename",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    public static string Get(ReadOnlySpan<char> name) =>
        Known.TryGetValue(name, out var known) ? known : name.ToString();
}
