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
    private const int MaxFoundChars = 60;

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

    public static TributaryException Invalid(string name, string found, string allowed) =>
        new(
            "parameter_invalid",
            $"The parameter '{name}' is '{ErrorText.Cut(found, MaxFoundChars)}'; allowed: {allowed}.");

    private static string Digits(long min, long max) => $"a whole number from {min} to {max} in digits";
}
