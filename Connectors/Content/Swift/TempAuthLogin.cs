using System.Net;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Content.Swift;

/// <summary>
/// Version 1 of Swift's authentication: user and key go in headers, token and URL come back in headers.
/// </summary>
internal sealed class TempAuthLogin(SwiftAccess access, StoreClient client, Faults faults) : ISwiftLogin
{
    public async Task<SwiftSession> LogInAsync(string location, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, access.AuthUrl);
        request.Headers.TryAddWithoutValidation("X-Auth-User", access.User);
        request.Headers.TryAddWithoutValidation("X-Auth-Key", access.Secret);
        using var answer = await client.SendAsync(request, location, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw SwiftLogins.Fault(faults, location, answer.StatusCode);

        var token = answer.Headers.TryGetValues("X-Auth-Token", out var tokens) ? tokens.First() : null;
        var url = access.StorageUrl
            ?? (answer.Headers.TryGetValues("X-Storage-Url", out var urls) ? urls.First().TrimEnd('/') : null);
        return token is not null && url is not null
            ? new SwiftSession(url, token)
            : throw faults.Unavailable(location, "the login was answered without X-Auth-Token or X-Storage-Url");
    }
}

internal static class SwiftLogins
{
    /// <summary>
    /// A failed login never concerns the object: status 404 means that the login service is missing, not the content.
    /// </summary>
    public static ConnectorException Fault(Faults faults, string location, HttpStatusCode status) =>
        status is HttpStatusCode.NotFound or HttpStatusCode.Gone
            ? faults.Unavailable(location, $"nothing answers at auth_url ({(int)status})")
            : status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? faults.Refused(location, $"the login was refused ({(int)status})")
                : faults.OfStatus(location, status);
}
