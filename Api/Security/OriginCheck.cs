using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>
/// Browsers let any page open a WebSocket to any server and say in <c>Origin</c> which page it is: only the server's own
/// pages and configured ones may.
/// </summary>
internal static class OriginCheck
{
    /// <exception cref="TributaryException"><c>origin_not_allowed</c>.</exception>
    public static void Check(HttpRequest request, IReadOnlyList<string> allowed)
    {
        var origin = request.Headers.Origin.ToString();
        // Programs that are not browsers send none.
        if (origin.Length == 0 || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return;
        if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase))
            return;

        throw new TributaryException("origin_not_allowed", $"Found the origin '{origin}'; allowed: the server's own and those under api.origins.");
    }
}
