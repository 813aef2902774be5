namespace Tributary.Rounds.Calls;

/// <summary>
/// An exception as text, for stored failures and for callers: a code (or the exception's type), a colon and the
/// message.
/// </summary>
internal static class ErrorText
{
    /// <summary>The longest text; the rest is cut off.</summary>
    public const int MaxChars = 4_000;

    public static string Of(Exception error)
    {
        var text = error is TributaryException known
            ? $"{known.Code}: {known.Message}"
            : $"{error.GetType().Name}: {error.Message}";
        return text.Length > MaxChars ? text[..MaxChars] : text;
    }
}
