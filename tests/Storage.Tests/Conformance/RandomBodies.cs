using System.Text.Json;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>
/// Bodies and conditions on them, drawn from few and awkward values so that many conditions hold for some bodies.
/// </summary>
internal sealed class RandomBodies(Random random)
{
    private static readonly string LongText = new('w', 200);

    private static readonly string[] Scalars =
    [
        "null",
        "true",
        "false",
        "0",
        "-0.0",
        "1",
        "1.0",
        "1e0",
        "10e-1",
        "-1",
        "2",
        "12",
        "1.25",
        "125e-2",
        "-1.25",
        "1e400",
        "10e399",
        "1e-400",
        "-1e400",
        "1E+1000000",
        "9007199254740993",
        "9007199254740992",
        "\"\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"b\"",
        "\"1\"",
        "\"é\"",
        "\"\\u00e9\"",
        "\"\\u0000\"",
        "\"a\\u0000\"",
        "\"\\ud800\"",
        "\"\\udfff\"",
        "\"\\ufffd\"",
        "\"\\ud83d\\ude00\"",
        "\"😀\"",
        $"\"{LongText}\"",
        $"\"{LongText}a\"",
        $"\"{LongText}b\"",
        $"\"{LongText[..120]}\"",
        $"\"{LongText[..112]}\"",
        "\"true\"",
    ];

    private static readonly string[] Pointers =
    [
        "/a",
        "/b",
        "/o/a",
        "/l/0",
        "/l/1",
        "/k~1~0",
        "/b",
        "/a/0",
        "/nothing",
        "/scanned",
        "",
        "/\\ud800",
        "/\0",
    ];

    /// <summary>Pointers that tests index, at most.</summary>
    public static string[] Indexed { get; } = ["/a", "/b", "/o/a", "/l/0", "/k~1~0"];

    public string Body()
    {
        var fields = new List<string>();
        foreach (var name in new[] { "a", "b", "o", "l", "k/~", "scanned", "a", "\\u0062" })
        {
            // The last two are names that are there already: a later field replaces an earlier one.
            if (random.Next(name is "a" or "\\u0062" ? 4 : 2) > 0)
                fields.Add($"\"{name}\":{Value(name)}");
        }

        return $$"""{ {{string.Join(" , ", fields)}} }""";
    }

    public BodyCondition Condition(int depth = 0) => random.Next(depth > 2 ? 12 : 17) switch
    {
        12 or 13 => new BodyCondition.And([.. Some(depth)]),
        14 or 15 => new BodyCondition.Or([.. Some(depth)]),
        16 => new BodyCondition.Not(Condition(depth + 1)),
        _ => Compare(),
    };

    private BodyCondition.Compare Compare()
    {
        var comparison = Enum.GetValues<Comparison>()[random.Next(Enum.GetValues<Comparison>().Length)];
        if (random.Next(3) == 0)
            comparison = Comparison.Equal;
        var operand =
            comparison == Comparison.In
                ? $"[{string.Join(",", Enumerable.Range(0, random.Next(5)).Select(_ => Operand()))}]"
                : Operand();
        return new BodyCondition.Compare(
            Pointers[random.Next(Pointers.Length)], comparison, JsonElement.Parse(operand));
    }

    private IEnumerable<BodyCondition> Some(int depth) =>
        Enumerable.Range(0, random.Next(4)).Select(_ => Condition(depth + 1)).ToList();

    private string Operand() => random.Next(8) == 0 ? Value(random.Next(2) == 0 ? "o" : "l") : Scalar();

    private string Scalar() => Scalars[random.Next(Scalars.Length)];

    private string Value(string name) => name switch
    {
        "o" => random.Next(4) > 0 ? $$"""{"a":{{Scalar()}},"z":[{{Scalar()}}]}""" : "{}",
        "l" => $"[{string.Join(",", Enumerable.Range(0, random.Next(3)).Select(_ => Scalar()))}]",
        _ => random.Next(12) == 0 ? Value(random.Next(2) == 0 ? "o" : "l") : Scalar(),
    };
}
