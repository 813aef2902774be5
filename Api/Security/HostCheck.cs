using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>
/// A web page can make its own host name resolve to this machine and then read this server as its own ("DNS rebinding").
/// It cannot change the <c>Host</c> that the browser sends, so an open server answers only to names that are its own.
/// </summary>
internal static class HostCheck
{
    /// <exception cref="TributaryException"><c>host_not_allowed</c>.</exception>
    public static void Check(HttpRequest request, IReadOnlyList<string> allowed)
    {
        if (allowed.Count > 0 && !allowed.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            throw new TributaryException(
                "host_not_allowed", $"Found the host '{request.Host.Host}'; allowed: {string.Join(", ", allowed)}. More can be named under api.hosts.");
        }
    }
}
