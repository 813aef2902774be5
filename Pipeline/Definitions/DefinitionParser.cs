using Tributary.Messages;

namespace Tributary.Pipeline.Definitions;

/// <summary>Reads and checks definitions.</summary>
internal static class DefinitionParser
{
    public const int MaxDefinitionsCount = 64;
    public const int MaxSourcesCount = 256;
    public const int MaxGroupsCount = 8;
    public const int MaxMeasuresCount = 32;
    public const int MaxQuantilesCount = 16;
    public const int MaxNameChars = 64;

    private const string NameAllowed =
        "a name of at most 64 characters: a letter a-z or digit, then letters, digits, _ and -";
    private const string KindsAllowed = "count, sum, min, max, mean, distinct, quantiles";
    private const string FormatsAllowed = "unix-ms, unix-s, iso";

    public static AggregateDefinition? Parse(DefinitionNode node)
    {
        if (!node.IsObject("name", "sources", "group", "measures", "window"))
            return null;

        var name = Name(node);
        var sources = node.Field("sources")?.List(MaxSourcesCount, Source);
        var group = node.Field("group")?.List(MaxGroupsCount, Group) ?? [];
        CheckUnique(group.Select(one => one?.Name), node.Key + ".group", node);
        var measures = node.Required("measures", $"a list of 1 to {MaxMeasuresCount}")
            ?.List(MaxMeasuresCount, Measure, minCount: 1)
            ?? [];
        CheckUnique(measures.Select(one => one?.Name), node.Key + ".measures", node);
        var window = node.Field("window") is { } field ? Window(field) : null;
        if (name is null
            || group.Contains(null)
            || measures.Count == 0
            || measures.Contains(null)
            || sources?.Contains(null) == true)
            return null;

        sources?.Sort(StringComparer.Ordinal);
        return new AggregateDefinition(name, sources?.Distinct().ToList()!, group!, measures!, window);
    }

    public static void CheckUnique(IEnumerable<string?> names, string key, List<DefinitionError> errors) =>
        CheckUnique(names, key, (at, found, allowed) => errors.Add(new DefinitionError(at, found, allowed)));

    private static void CheckUnique(IEnumerable<string?> names, string key, DefinitionNode node) =>
        CheckUnique(names, key, node.Fail);

    private static void CheckUnique(IEnumerable<string?> names, string key, Action<string, string, string> fail)
    {
        var seen = new HashSet<string>();
        var index = 0;
        foreach (var name in names)
        {
            if (name is not null && !seen.Add(name))
                fail($"{key}[{index}].name", $"\"{name}\" a second time", "each name once");
            index++;
        }
    }

    private static string? Name(DefinitionNode node)
    {
        if (node.Required("name", NameAllowed) is not { } field)
            return null;
        if (field.Text() is { Length: > 0 and <= MaxNameChars } name
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(IsNameCharacter))
            return name;

        field.Fail(NameAllowed);
        return null;
    }

    private static bool IsNameCharacter(char character) =>
        char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '_' or '-';

    private static string? Source(DefinitionNode node)
    {
        if (node.Text() is { } source && Identifiers.Fault(source) is null)
            return source;

        node.Fail($"the name of a source: 1 to {Identifiers.MaxBytes} bytes");
        return null;
    }

    private static GroupDefinition? Group(DefinitionNode node)
    {
        if (!node.IsObject("name", "pointer", "floor"))
            return null;

        var name = Name(node);
        var pointer = Pointer(node, "pointer");
        var floor = node.Field("floor");
        if (floor is not null && floor.Exact() is not { Sign: > 0 })
            floor.Fail("a number above 0");
        return name is null || pointer is null ? null : new GroupDefinition(name, pointer, floor?.Exact());
    }

    private static MeasureDefinition? Measure(DefinitionNode node)
    {
        if (!node.IsObject("name", "kind", "pointer", "quantiles"))
            return null;

        var name = Name(node);
        if (Kind(node) is not { } kind)
            return null;

        var pointer = kind == MeasureKind.Count ? null : Pointer(node, "pointer");
        if (kind == MeasureKind.Count && node.Field("pointer") is { } unwanted)
            unwanted.Fail("nothing: count counts messages");
        if (kind != MeasureKind.Quantiles && node.Field("quantiles") is { } stray)
            stray.Fail("nothing, except with kind quantiles");
        var quantiles = kind == MeasureKind.Quantiles ? Quantiles(node) : [];
        return name is null || (pointer is null && kind != MeasureKind.Count)
            ? null
            : new MeasureDefinition(name, kind, pointer, quantiles);
    }

    private static MeasureKind? Kind(DefinitionNode node)
    {
        var field = node.Required("kind", KindsAllowed);
        switch (field?.Text())
        {
            case "count": return MeasureKind.Count;
            case "sum": return MeasureKind.Sum;
            case "min": return MeasureKind.Min;
            case "max": return MeasureKind.Max;
            case "mean": return MeasureKind.Mean;
            case "distinct": return MeasureKind.Distinct;
            case "quantiles": return MeasureKind.Quantiles;
            default:
                field?.Fail(KindsAllowed);
                return null;
        }
    }

    private static List<double> Quantiles(DefinitionNode node)
    {
        if (node.Field("quantiles") is not { } field)
            return [0.5, 0.9, 0.99];

        var list = field.List(MaxQuantilesCount, static one =>
        {
            if (one.Number() is not (>= 0 and <= 1))
                one.Fail("a number from 0 to 1");
            return one.Number() ?? 0.0;
        });
        return [.. list.Distinct().Order()];
    }

    private static JsonPointer? Pointer(DefinitionNode node, string name)
    {
        if (node.Required(name, JsonPointer.Allowed) is not { } field)
            return null;
        if (field.Text() is { } text && JsonPointer.TryParse(text, out var pointer))
            return pointer;

        field.Fail(JsonPointer.Allowed);
        return null;
    }

    private static WindowDefinition? Window(DefinitionNode node)
    {
        if (!node.IsObject("size", "by", "time", "format"))
            return null;

        var size = node.Required("size", DurationText.Allowed);
        var sizeMs = DurationText.ParseMs(size?.Text());
        if (size is not null && sizeMs is null)
            size.Fail(DurationText.Allowed);
        var by = node.Required("by", "event, arrival");
        switch (by?.Text())
        {
            case "event":
                var time = Pointer(node, "time");
                var format = Format(node);
                return time is null || format is null || sizeMs is null
                    ? null
                    : new WindowDefinition(sizeMs.Value, time, format.Value);
            case "arrival":
                node.Field("time")?.Fail("nothing, except with by: event");
                node.Field("format")?.Fail("nothing, except with by: event");
                return sizeMs is null ? null : new WindowDefinition(sizeMs.Value, null, TimeFormat.UnixMs);
            default:
                by?.Fail("event, arrival");
                return null;
        }
    }

    private static TimeFormat? Format(DefinitionNode node)
    {
        var field = node.Required("format", FormatsAllowed);
        switch (field?.Text())
        {
            case "unix-ms": return TimeFormat.UnixMs;
            case "unix-s": return TimeFormat.UnixS;
            case "iso": return TimeFormat.Iso;
            default:
                field?.Fail(FormatsAllowed);
                return null;
        }
    }
}
