namespace Tributary;

/// <summary>Errors and other foreign text as bounded text: as it is kept, told and logged.</summary>
public static class ErrorText
{
    /// <summary>The longest text of an exception that is kept; what is beyond is cut off.</summary>
    public const int MaxChars = 4_000;

    /// <summary>The longest line.</summary>
    public const int MaxLineChars = 1_000;

    /// <summary>A code, or the exception's type; a colon; and the exception's message.</summary>
    public static string Of(Exception error)
    {
        var text = error is TributaryException known
            ? $"{known.Code}: {known.Message}"
            : $"{error.GetType().Name}: {error.Message}";
        return text.Length > MaxChars ? text[..MaxChars] : text;
    }

    /// <summary>An exception of foreign code as one line: its type, a colon and its message.</summary>
    public static string LineOf(Exception error) => $"{error.GetType().Name}: {Line(error.Message)}";

    /// <summary>Foreign text as one line.</summary>
    public static string Line(string? text) =>
        Cut(
            string.Join(
                ' ',
                (text ?? "").Split(
                    ['\r', '\n', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            MaxLineChars);

    /// <summary>The text, or its beginning and an ellipsis.</summary>
    public static string Cut(string text, int maxChars)
    {
        if (text.Length <= maxChars)
            return text;
        // Never between the halves of a surrogate pair: the text is stored as UTF-8.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars), "…");
    }
}
