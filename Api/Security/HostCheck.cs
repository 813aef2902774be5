using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>
/// A web page can make its own host name resolve to this machine and then read this server as its own ("DNS
/// rebinding"). It cannot change the <c>Host</c> that the browser sends, so a server without keys answers only to
/// names that nobody outside can take.
/// </summary>
internal static class HostCheck
{
    /// <exception cref="TributaryException"><c>host_not_allowed</c>.</exception>
    public static void Check(HttpRequest request, ApiOptions options)
    {
        var allowed = options.AllowedHosts;
        var host = request.Host.Host;
        var isAllowed = allowed.Count > 0
            ? allowed.Contains(host, StringComparer.OrdinalIgnoreCase)
            : options.ApiKeys.Count > 0 || IsNobodysDomain(host);
        if (isAllowed)
            return;

        var names = allowed.Count > 0 ? string.Join(", ", allowed) : "addresses, and names without a dot";
        throw new TributaryException(
            "host_not_allowed", $"Found the host '{host}'; allowed: {names}. More can be named under api.hosts.");
    }

    /// <summary>
    /// An address, or a name without a dot: nobody outside can make such a name resolve to this machine.
    /// </summary>
    private static bool IsNobodysDomain(string host) =>
        !host.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(host, out _);
}
