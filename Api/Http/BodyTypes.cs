using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tributary.Messages;

namespace Tributary.Api.Http;

/// <summary>The media types of request bodies.</summary>
internal static class BodyTypes
{
    public static readonly IReadOnlyList<string> Lines =
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
    ];

    /// <summary>
    /// The media type of one JSON object, without parameters; null for <c>application/json</c> itself.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>media_type_unsupported</c>, <c>content_encoding_unsupported</c>.
    /// </exception>
    public static string? OfObject(HttpRequest request)
    {
        CheckEncoding(request);
        var text = request.ContentType;
        if (text == MediaTypes.Json)
            return null;

        var type = Parse(text, $"{MediaTypes.Json}, or a type that ends in +json");
        var name = type.MediaType.Value!.ToLowerInvariant();
        return !IsObject(name) ? throw Unsupported(text, $"{MediaTypes.Json}, or a type that ends in +json")
            : name == MediaTypes.Json ? null
            : name;
    }

    /// <param name="name">A media type in lower case, without parameters.</param>
    public static bool IsObject(string name) =>
        name == MediaTypes.Json || name.EndsWith("+json", StringComparison.Ordinal);

    /// <exception cref="TributaryException">
    /// <c>media_type_unsupported</c>, <c>content_encoding_unsupported</c>.
    /// </exception>
    public static void CheckLines(HttpRequest request)
    {
        CheckEncoding(request);
        var allowed = string.Join(", ", Lines);
        var type = Parse(request.ContentType, allowed);
        if (!Lines.Contains(type.MediaType.Value!.ToLowerInvariant()))
            throw Unsupported(request.ContentType, allowed);
    }

    private static MediaTypeHeaderValue Parse(string? text, string allowed)
    {
        if (!MediaTypeHeaderValue.TryParse(text, out var type))
            throw Unsupported(text, allowed);
        if (type.Charset.HasValue && !type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw Unsupported(text, $"{allowed}, in UTF-8");
        return type;
    }

    private static void CheckEncoding(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && encoding != "identity")
        {
            throw new TributaryException(
                "content_encoding_unsupported", $"Found the content encoding '{encoding}'; allowed: none.");
        }
    }

    private static TributaryException Unsupported(string? found, string allowed) => new(
        "media_type_unsupported",
        $"Found {(string.IsNullOrEmpty(found) ? "no Content-Type" : $"the Content-Type '{found}'")}; allowed: "
        + $"{allowed}.");
}
