using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tributary.Pipeline.Definitions;

/// <summary>A JSON pointer (RFC 6901): the way to one value in a document.</summary>
public sealed class JsonPointer : IEquatable<JsonPointer>
{
    /// <summary>The most steps that a pointer may have.</summary>
    public const int MaxSteps = 64;

    private JsonPointer(string text, string[] steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>The pointer as it was written.</summary>
    public string Text { get; }

    /// <summary>Its reference tokens, unescaped; none for the whole document.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <exception cref="TributaryException"><c>pointer_invalid</c>.</exception>
    public static JsonPointer Parse(string text) =>
        TryParse(text, out var pointer)
            ? pointer
            : throw new TributaryException("pointer_invalid", $"Found '{text}'; allowed: {Allowed}.");

    /// <summary>For error messages: what a pointer may look like.</summary>
    public static string Allowed { get; } =
        $"a JSON pointer (RFC 6901) such as /place/name or /readings/0 of at most {MaxSteps} steps, in which ~0 stands "
        + "for ~ and ~1 for /";

    public static bool TryParse(string? text, [NotNullWhen(true)] out JsonPointer? pointer)
    {
        pointer = null;
        if (text is null || (text.Length > 0 && text[0] != '/'))
            return false;

        var steps = text.Length == 0 ? [] : text[1..].Split('/');
        if (steps.Length > MaxSteps)
            return false;
        for (var i = 0; i < steps.Length; i++)
        {
            if (!IsEscapedWell(steps[i]))
                return false;
            steps[i] = steps[i]
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
        }

        pointer = new JsonPointer(text, steps);
        return true;
    }

    /// <summary>The array index that a step means, or -1: digits without leading zeros.</summary>
    internal static int IndexOf(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && (step.Length == 1 || step[0] != '0')
            ? index
            : -1;

    public bool Equals(JsonPointer? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as JsonPointer);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static bool IsEscapedWell(string step)
    {
        for (var at = step.IndexOf('~', StringComparison.Ordinal); at >= 0; at = step.IndexOf('~', at + 1))
        {
            if (at + 1 == step.Length || step[at + 1] is not ('0' or '1'))
                return false;
        }

        return true;
    }
}
