using System.Text.RegularExpressions;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>
/// Breaks documents: characters and tokens are lost, doubled, exchanged, replaced by others of the same document or by
/// words that are nearly right.
/// </summary>
internal sealed partial class DocumentMutator(Random random)
{
    private static readonly string[] Words =
    [
        "id",
        "name",
        "users",
        "User",
        "Dog",
        "Cat",
        "Pet",
        "Node",
        "Point",
        "Int",
        "String",
        "on",
        "fragment",
        "query",
        "subscription",
        "mutation",
        "true",
        "null",
        "RED",
        "PINK",
        "1",
        "1.0",
        "2147483648",
        "-0",
        "01",
        "1.",
        ".5",
        "1e5",
        "0x1",
        "1a",
        "\"s\"",
        "\"\"\"b\"\"\"",
        "\"unterminated",
        "'c'",
        "$v0",
        "$missing",
        "$",
        "...",
        "... on User",
        "..",
        "@skip(if: true)",
        "@skip",
        "@include(if: $v0)",
        "@tag",
        "@unknown",
        "@once",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "!",
        ":",
        "=",
        "|",
        "&",
        "{}",
        "()",
        "[]",
        "{ id }",
        "(id: 1)",
        "(limit: null)",
        "__typename",
        "__schema { types { name } }",
        "__type(name: \"User\") { name }",
        "x: 1",
        "F0",
        "...F0",
        "...F1",
        "# comment\n",
        ",",
        "\uFEFF",
        "\u00a0",
        "\\",
        "\"\\u{1F600}\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\uD83D\"",
        "\"\\u{110000}\"",
        "\"\\q\"",
        "type T { a: Int }",
        "\"desc\" query",
        "query ($v: Int)",
        "($v0: Int = 1)",
        "{ x: 1, x: 2 }",
        "{ y: 1 }",
        "{ id: 1, name: \"a\" }",
        "{ id: null }",
        "[[1]]",
        "[1, null]",
    ];

    [GeneratedRegex(
        """\.\.\.|"(?:[^"\\]|\\.)*"|[_A-Za-z][_0-9A-Za-z]*|-?[0-9.]+|\S""",
        RegexOptions.None,
        matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Tokens();

    public string Mutate(string document)
    {
        var count = random.Next(1, 3);
        for (var i = 0; i < count; i++) document = random.Next(5) == 0 ? Characters(document) : TokensOf(document);
        return document;
    }

    /// <summary>One change of a few characters.</summary>
    public string Characters(string document)
    {
        if (document.Length == 0) return "{";
        var at = random.Next(document.Length);
        var length = Math.Min(random.Next(1, 4), document.Length - at);
        return random.Next(3) switch
        {
            0 => document.Remove(at, length),
            1 => document.Insert(at, document.Substring(at, length)),
            _ => document.Remove(at, 1).Insert(at, ((char)random.Next(32, 127)).ToString()),
        };
    }

    private string TokensOf(string document)
    {
        var tokens = Tokens().Matches(document);
        if (tokens.Count == 0) return document;
        var token = tokens[random.Next(tokens.Count)];
        var other = tokens[random.Next(tokens.Count)].Value;
        var word = Words[random.Next(Words.Length)];
        var replacement = random.Next(7) switch
        {
            0 => "",
            1 => token.Value + " " + token.Value,
            2 => other,
            3 => token.Value + " " + other,
            4 => token.Value + " " + word,
            5 => word + " " + token.Value,
            _ => word,
        };
        return document.Remove(token.Index, token.Length).Insert(token.Index, " " + replacement + " ");
    }
}
