using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>
/// Browsers let any page send requests and open WebSockets to any server. The headers <c>Origin</c> and
/// <c>Sec-Fetch-Site</c>, which no page can change, say where the page is from. Allowed are the server's own pages,
/// pages of configured origins, and links that a person follows. Programs that are not browsers send neither header,
/// and are let through.
/// </summary>
internal static class OriginCheck
{
    /// <summary>Null when the request may go on; else <c>origin_not_allowed</c>.</summary>
    public static TributaryException? RefusalOf(HttpRequest request, IReadOnlyList<string> allowed)
    {
        var origin = request.Headers.Origin;
        var site = request.Headers["Sec-Fetch-Site"];
        if (origin.Count == 0 && site.Count == 0)
            return null;
        if (origin.Count == 1 && allowed.Contains(origin[0]!, StringComparer.OrdinalIgnoreCase))
            return null;
        // The browser decides this itself, so it also holds behind a proxy that changes the host.
        if (site.Count == 1 && site[0] == "same-origin")
            return null;
        if (origin.Count > 0)
            return origin.Count == 1 && IsOwn(origin[0]!, request) ? null : Refusal($"the origin '{origin}'");
        return site.Count == 1 && (site[0] == "none" || IsLink(request))
            ? null
            : Refusal($"a request of a page that is '{site}' to this server");
    }

    /// <summary>Host and port both count: another port of this machine is another origin.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Length > 0
        && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True when a person followed a link. The person sees the answer; the page with the link cannot read it.
    /// </summary>
    private static bool IsLink(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    private static TributaryException Refusal(string found) => new(
        "origin_not_allowed",
        $"Found {found}; allowed: the server's own pages, those of origins under api.origins, "
        + "and programs, which send no Origin.");
}
