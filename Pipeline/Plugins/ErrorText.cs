namespace Tributary.Pipeline.Plugins;

/// <summary>Errors of foreign code as one bounded line.</summary>
public static class ErrorText
{
    public const int MaxChars = 1_000;

    /// <summary>The kind of exception and its message.</summary>
    public static string Of(Exception error) => $"{error.GetType().Name}: {Line(error.Message)}";

    public static string Line(string? text) =>
        Cut(
            string.Join(
                ' ',
                (text ?? "").Split(
                    ['\r', '\n', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            MaxChars);

    public static string Cut(string text, int maxChars)
    {
        if (text.Length <= maxChars)
            return text;
        // Never between the halves of a surrogate pair: the text is stored as UTF-8.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars), "…");
    }
}
