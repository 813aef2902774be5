namespace Tributary.Rounds.Calls;

/// <summary>An exception as it is kept and told: a code (or the exception's type), a colon and what it says.</summary>
internal static class ErrorText
{
    /// <summary>The longest text; what is beyond is cut off.</summary>
    public const int MaxChars = 4_000;

    public static string Of(Exception error)
    {
        var text = error is TributaryException known
            ? $"{known.Code}: {known.Message}"
            : $"{error.GetType().Name}: {error.Message}";
        return text.Length > MaxChars ? text[..MaxChars] : text;
    }
}
