using Tributary.Messages;

namespace Tributary.Pipeline.Plugins;

/// <summary>The media types that a plugin accepts: <c>image/jpeg</c>, <c>image/*</c>, <c>*/*</c>.</summary>
public sealed class MediaTypePatterns
{
    public const int MaxPatternsCount = 256;

    /// <summary>For error messages: what a pattern may look like.</summary>
    public const string Allowed =
        "a list of 1 to 256 of type/subtype, type/* and */*, in lower case and without parameters";

    private readonly HashSet<string> exact;
    private readonly string[] prefixes;
    private readonly bool all;

    private MediaTypePatterns(IReadOnlyList<string> patterns)
    {
        Patterns = patterns;
        all = patterns.Contains("*/*");
        exact = [.. patterns];
        // With the slash, so that image/* does not accept images/x.
        prefixes =
        [
            .. patterns
                .Where(static pattern => pattern.EndsWith("/*", StringComparison.Ordinal))
                .Select(static pattern => pattern[..^1]),
        ];
    }

    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Null when one of them is no pattern, or there are none or too many.</summary>
    public static MediaTypePatterns? Of(IReadOnlyList<string>? patterns) =>
        patterns is { Count: > 0 and <= MaxPatternsCount } && patterns.All(IsPattern)
            ? new MediaTypePatterns([.. patterns])
            : null;

    /// <param name="mediaType">In lower case and without parameters.</param>
    public bool Accepts(string mediaType)
    {
        if (all || exact.Contains(mediaType))
            return true;
        foreach (var prefix in prefixes)
        {
            if (mediaType.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool IsPattern(string? pattern)
    {
        if (pattern is null or { Length: > Identifiers.MaxBytes })
            return false;
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || slash == pattern.Length - 1)
            return false;
        var (type, subtype) = (pattern[..slash], pattern[(slash + 1)..]);
        return (type == "*" ? subtype == "*" : IsToken(type)) && (subtype == "*" || IsToken(subtype));
    }

    private static bool IsToken(string text) =>
        text.All(static character =>
            char.IsAsciiLetterLower(character)
            || char.IsAsciiDigit(character)
            || "!#$&^_.+-".Contains(character, StringComparison.Ordinal));
}
