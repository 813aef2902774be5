using System.Text.Json;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>
/// Two fields with one key can be merged when their arguments are the same; which literals are, the reference
/// implementation says.
/// </summary>
public sealed class LiteralDifferentialTests
{
    private static readonly Dictionary<string, string[]> Literals = new()
    {
        ["count(c: {0})"] =
        [
            "\"block\"", "\"\"\"block\"\"\"", "\" block \"", "\"\"\" block \"\"\"", "\"\"\"  block \"\"\"",
                "\"\\u0062lock\"", "\"\\u{62}lock\"", "\"\"", "\"\"\"\"\"\"",
            "\"\"\"\n  block\n\"\"\"", "\"block\\n\"", "\"\\\"\"", "\"\"\"\\\"\"\"\"\"\"", "\"a\\tb\"", "\"a\\u0009b\"",
                "\"\\\"\\\"block\"", "$s", "$t", "null",
        ],
        ["count(e: {0})"] = ["1", "\"1\"", "01", "\"\"\"1\"\"\"", "-0", "0", "null"],
        ["count(a: {0})"] = ["1", "-1", "0", "-0", "$i", "null"],
        ["count(b: {0})"] = ["1", "1.0", "1.00", "1e0", "10e-1", "1E0", "0.0", "-0.0", "null"],
        ["count(d: {0})"] = ["true", "false", "null"],
        ["count(f: {0})"] = ["RED", "GREEN", "null"],
        ["users(filter: {0}) {{ id }}"] =
        [
            "{}", "{on: true}", "{on: true, min: 1}", "{min: 1, on: true}", "{min: 1.0, on: true}", "{colors: [RED]}",
                "{colors: RED}", "{colors: [RED, BLUE]}", "{colors: [BLUE, RED]}",
            "{any: \"x\"}", "{any: \"\"\"x\"\"\"}", "{any: [\"x\"]}", "{any: {a: 1, b: \"\"\" y\"\"\"}}",
                "{any: {b: \"\"\" y\"\"\", a: 1}}", "{any: {b: \" y\", a: 1}}", "{any: x}", "{any: true}",
        ],
    };

    [Fact]
    public async Task Literals_are_the_same_where_the_reference_implementation_takes_them_for_the_same()
    {
        var documents = new List<string>();
        foreach (var (field, literals) in Literals)
        {
            foreach (var one in literals)
                documents.AddRange(literals.Select(other =>
                    $"query ($s: String, $t: String, $i: Int) {{ x: {string.Format(field, one)} x: "
                    + $"{string.Format(field, other)} {Uses} }}"));
        }

        var verdicts = await Oracle.Run("validate.mjs", new { sdl = GeneratedSchema.Sdl, documents });

        var disagreements = documents.Where((document, i) =>
            IsAccepted(document) != (verdicts[i].ValueKind == JsonValueKind.Null)).ToList();
        Assert.True(disagreements.Count == 0,
            $"{disagreements.Count} disagreements:\n{string.Join("\n", disagreements.Take(10))}");
        Assert.Contains(documents, IsAccepted);
        Assert.Contains(documents, document => !IsAccepted(document));
    }

    /// <summary>All variables of the document are used.</summary>
    private const string Uses = "y: count(c: $s) z: count(c: $t) w: count(a: $i)";

    private static bool IsAccepted(string text)
    {
        try
        {
            return DocumentValidator.Validate(GeneratedSchema.Schema, Parser.Parse(text)).Count == 0;
        }
        catch (GraphQLSyntaxException)
        {
            return false;
        }
    }
}
