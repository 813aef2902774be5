using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Tributary.Api.OpenApi;

/// <summary>
/// Reads a Markdown file of <c>Operations/</c>. The file is named after the operations' tag.
/// <c># Parameters</c> lists parameters that several operations of the file have. <c># id: summary</c> begins an
/// operation: its description, its parameters, then <c>## Request body</c> and <c>## Answer</c> with an example each.
/// An operation names a shared parameter, or writes out one of its own.
/// </summary>
internal sealed partial class OperationTextReader
{
    private const string SharedTitle = "Parameters";
    private const string RequestTitle = "Request body";
    private const string AnswerTitle = "Answer";
    private const string Fence = "```";

    private readonly string tag;
    private readonly string[] lines;
    private readonly Dictionary<string, ParameterText> shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> unused = new(StringComparer.Ordinal);
    private int next;

    private OperationTextReader(string tag, string text)
    {
        this.tag = tag;
        lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    /// <exception cref="FormatException">
    /// The text breaks the form, or shares a parameter that no operation names.
    /// </exception>
    public static IReadOnlyList<OperationText> Read(string tag, string text)
    {
        var reader = new OperationTextReader(tag, text);
        var operations = new List<OperationText>();
        while (reader.TryHeading("# ", out var title))
        {
            if (title == SharedTitle)
                reader.ReadShared();
            else
                operations.Add(reader.ReadOperation(title));
        }

        if (reader.Peek() is not null)
            throw reader.Wrong("a heading");
        if (reader.unused.Count > 0)
        {
            throw new FormatException(
                $"{tag}.md: no operation has the parameter {string.Join(", ", reader.unused)}.");
        }

        return operations;
    }

    private void ReadShared()
    {
        foreach (var parameter in ReadParameters())
        {
            if (!shared.TryAdd(parameter.Name, parameter))
                throw new FormatException($"{tag}.md: the parameter {parameter.Name} is shared twice.");
            unused.Add(parameter.Name);
        }
    }

    private OperationText ReadOperation(string title)
    {
        if (title.Split(": ", 2) is not [var id, var summary])
            throw Wrong("# id: summary");
        var operation = new OperationText
        {
            Id = id, Tag = tag, Summary = summary, Description = ReadParagraph(), Parameters = [.. ReadParameters()],
        };
        while (TryHeading("## ", out var section))
        {
            operation = section switch
            {
                RequestTitle => operation with { Request = ReadParagraph(), RequestExample = ReadExample() },
                AnswerTitle => operation with { AnswerExample = ReadExample() ?? throw Wrong("an example") },
                _ => throw Wrong($"## {RequestTitle} or ## {AnswerTitle}"),
            };
        }

        return operation;
    }

    private string ReadParagraph()
    {
        var text = new List<string>();
        for (var line = Peek(); line is not null && line.Length > 0; line = PeekSameBlock())
        {
            if (line[0] is '#' or '-' or '`')
                break;
            text.Add(lines[next++].Trim());
        }

        return text.Count > 0 ? string.Join(' ', text) : throw Wrong("a paragraph");
    }

    private List<ParameterText> ReadParameters()
    {
        var parameters = new List<ParameterText>();
        while (Peek() is { } line && line.StartsWith("- ", StringComparison.Ordinal))
        {
            var entry = lines[next++][2..];
            while (PeekSameBlock() is { } rest && rest.StartsWith("  ", StringComparison.Ordinal))
                entry += " " + lines[next++].Trim();
            if (Declaration.Match(entry) is { Success: true } declared)
                parameters.Add(Declared(declared));
            else
                parameters.AddRange(entry.Split(", ").Select(Shared));
        }

        return parameters;
    }

    private static ParameterText Declared(Match match)
    {
        var isPath = match.Groups["in"].Value == "path";
        return new(
            match.Groups["name"].Value,
            Enum.Parse<ParameterLocation>(match.Groups["in"].Value, ignoreCase: true),
            Enum.Parse<JsonSchemaType>(match.Groups["type"].Value, ignoreCase: true),
            match.Groups["text"].Value,
            // A path cannot leave a parameter out.
            isPath || match.Groups["required"].Success,
            match.Groups["example"] is { Success: true } example ? example.Value : null);
    }

    private ParameterText Shared(string entry)
    {
        var name = entry.Trim('`');
        unused.Remove(name);
        return shared.TryGetValue(name, out var parameter)
            ? parameter
            : throw new FormatException($"{tag}.md: '{entry}' is no parameter, and none under # {SharedTitle}.");
    }

    private string? ReadExample()
    {
        if (Peek()?.StartsWith(Fence, StringComparison.Ordinal) != true)
            return null;
        var begin = ++next;
        while (next < lines.Length && lines[next] != Fence)
            next++;
        if (next == lines.Length)
            throw Wrong(Fence);
        return string.Concat(lines[begin..next++].Select(static line => line + "\n"));
    }

    private bool TryHeading(string mark, out string title)
    {
        var isHeading = Peek()?.StartsWith(mark, StringComparison.Ordinal) == true;
        title = isHeading ? lines[next++][mark.Length..] : "";
        return isHeading;
    }

    /// <summary>The next line that holds text; null at the end.</summary>
    private string? Peek()
    {
        while (next < lines.Length && lines[next].Length == 0)
            next++;
        return PeekSameBlock();
    }

    private string? PeekSameBlock() => next < lines.Length ? lines[next] : null;

    private FormatException Wrong(string expected) => new(
        $"{tag}.md, line {next + 1}: found '{(next < lines.Length ? lines[next] : "the end")}'; expected: {expected}.");

    [GeneratedRegex(
        "^`(?<name>[^`]+)` \\((?<in>query|path|header), (?<type>string|integer|boolean)(?<required>, required)?"
        + "(, for example `(?<example>[^`]+)`)?\\): (?<text>.+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Declaration { get; }
}
