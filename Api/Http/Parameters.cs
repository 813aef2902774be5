using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tributary.Api.Http;

/// <summary>
/// The query parameters of one request. Each must be known and occur once. Errors name the parameter, its value and the
/// allowed values.
/// </summary>
internal readonly struct Parameters
{
    public const string TimeAllowed = "a time such as 2026-01-31T00:00:00Z";

    private const int MaxFoundChars = 60;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    private readonly IQueryCollection query;

    /// <exception cref="TributaryException"><c>parameter_unknown</c>, <c>parameter_repeated</c>.</exception>
    public Parameters(HttpRequest request, params ReadOnlySpan<string> known)
    {
        query = request.Query;
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
            {
                var allowed = known.IsEmpty ? "no parameters" : string.Join(", ", known);
                throw new TributaryException(
                    "parameter_unknown",
                    $"Found the parameter '{ErrorText.Cut(name, MaxFoundChars)}'; allowed: {allowed}.");
            }

            if (values.Count > 1)
                throw new TributaryException(
                    "parameter_repeated", $"Found the parameter '{name}' {values.Count} times; allowed: once.");
        }
    }

    public bool Has(string name) => query.ContainsKey(name);

    /// <summary>The parameter's text; null when it is missing.</summary>
    public string? Text(string name) => query.TryGetValue(name, out var values) && !StringValues.IsNullOrEmpty(values)
        ? values[0]
        : query.ContainsKey(name) ? "" : null;

    public string Required(string name, string allowed) => Text(name)
        ?? throw new TributaryException("parameter_missing", $"The parameter '{name}' is missing; allowed: {allowed}.");

    /// <summary>A whole number in digits; null when it is missing.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text)
            return null;
        return
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
            ? number
            : throw Invalid(name, text, Digits(min, max));
    }

    public long RequiredNumber(string name, long min, long max)
    {
        Required(name, Digits(min, max));
        return Number(name, min, max)!.Value;
    }

    /// <summary><c>true</c>, <c>1</c>, <c>false</c>, <c>0</c>; false when it is missing.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" or "0" => false,
        "true" or "1" => true,
        var text => throw Invalid(name, text, "true, false, 1, 0"),
    };

    /// <summary>The most rows of a page, from the parameter <c>limit</c>; a higher number means the highest.</summary>
    public int Limit() => (int)Math.Min(MaxLimit, Number("limit", 1, int.MaxValue) ?? DefaultLimit);

    /// <summary>Where a list goes on, from the parameter <c>after</c>; null when it is missing.</summary>
    /// <param name="read">Gives null for a text that no answer had as its next.</param>
    public T? After<T>(Func<string, T?> read, string allowed = "the next of an earlier answer")
        where T : struct =>
        Text("after") is not { } text ? null : read(text) ?? throw Invalid("after", text, allowed);

    /// <summary>A time; null when it is missing.</summary>
    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : TryParseTime(text, out var time) ? time
        : throw Invalid(name, text, TimeAllowed);

    /// <summary>Reads a time that begins with a year of four digits.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        && text.Length >= 10
        && text[4] == '-';

    public static TributaryException Invalid(string name, string found, string allowed) =>
        new(
            "parameter_invalid",
            $"The parameter '{name}' is '{ErrorText.Cut(found, MaxFoundChars)}'; allowed: {allowed}.");

    private static string Digits(long min, long max) => $"a whole number from {min} to {max} in digits";
}
