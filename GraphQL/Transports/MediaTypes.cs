using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tributary.GraphQL.Transports;

/// <summary>The media types of answers, and the negotiation between them.</summary>
internal static class MediaTypes
{
    public const string GraphQLResponse = "application/graphql-response+json";
    public const string Json = "application/json";
    public const string EventStream = "text/event-stream";

    /// <summary>
    /// The acceptable type of the highest quality; JSON without an Accept header; null when no type is acceptable.
    /// </summary>
    public static string? Negotiate(HttpRequest request)
    {
        var accepts = request.Headers.Accept;
        if (accepts.Count == 0) return Json;
        if (accepts.Count == 1 && accepts[0] is Json or GraphQLResponse or EventStream) return accepts[0];
        if (!MediaTypeHeaderValue.TryParseList([.. accepts.Select(a => a ?? "")], out var wanted)) return Json;
        // Among ranges of equal quality the more precise come first, then the order of the header decides.
        foreach (var range in wanted
                .OrderByDescending(r => r.Quality ?? 1)
                .ThenBy(r =>
                    r.MatchesAllTypes ? 2
                    : r.MatchesAllSubTypes ? 1
                    : 0))
        {
            if (range.Quality == 0) continue;
            if (range.MatchesAllTypes) return Json;
            if (range is { MatchesAllSubTypes: true, Type.Value: "application" }) return Json;
            foreach (var known in (string[])[GraphQLResponse, Json, EventStream])
                if (range.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase)) return known;
        }
        return null;
    }

    /// <summary>True for <c>application/json</c> in UTF-8.</summary>
    public static bool IsJson(string? contentType) =>
        contentType == Json
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            && (
                !type.Charset.HasValue
                || type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
}
