using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tributary.Connectors;

/// <summary>
/// Makes the errors of one store, so that all stores classify and name faults alike: <c>content_missing</c>,
/// <c>content_unavailable</c>, <c>content_refused</c>, <c>metadata_missing</c> and so on, and <c>location_invalid</c>.
/// </summary>
/// <param name="kind"><c>content</c> or <c>metadata</c>.</param>
/// <param name="type">The type of the store.</param>
internal sealed class Faults(string kind, string type)
{
    private const int MaxShownChars = 200;

    public ConnectorException Missing(string location, string why) =>
        Make(ConnectorFault.Missing, $"{kind}_missing", location, why);

    public ConnectorException Unavailable(string location, string why, Exception? inner = null) =>
        Make(ConnectorFault.Unavailable, $"{kind}_unavailable", location, why, inner);

    public ConnectorException Refused(string location, string why) =>
        Make(ConnectorFault.Refused, $"{kind}_refused", location, why);

    public ConnectorException Invalid(string location, string found, string allowed) =>
        Make(ConnectorFault.Refused, "location_invalid", location, $"found {found}; allowed: {allowed}");

    /// <summary>For metadata: the stored value cannot be used.</summary>
    public ConnectorException Unusable(string location, string found, string allowed) =>
        Make(ConnectorFault.Refused, $"{kind}_invalid", location, $"found {found}; allowed: {allowed}");

    /// <summary>The error for an answer with this status.</summary>
    public ConnectorException OfStatus(string location, HttpStatusCode status)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"the server answered {(int)status}");
        return status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Missing(location, text),
            HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests
            or (HttpStatusCode)425
            or >= HttpStatusCode.InternalServerError => Unavailable(location, text),
            _ => Refused(location, text),
        };
    }

    /// <summary>
    /// True for an exception of a store, its connection or the outbound guard; any other
    /// exception is an error of our own code.
    /// </summary>
    public static bool AreOf(Exception error) =>
        error
            is TimeoutException
                or OperationCanceledException
                or HttpRequestException
                or IOException
                or SocketException
                or AuthenticationException
                or ConnectorException;

    /// <summary>
    /// The error for a failed exchange. The messages of sockets, TLS and HTTP name hosts and ports, but no secrets.
    /// </summary>
    public ConnectorException OfException(string location, Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            // A refusal of the guard comes back as the cause of a failed connection.
            if (inner is ConnectorException known)
                return known;
        }

        return error is TimeoutException or OperationCanceledException
            ? Unavailable(location, "the store did not answer in time", error)
            : Unavailable(
                location,
                $"the store does not answer well ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
                error);
    }

    /// <summary>
    /// A location as errors show it: shortened, on one line, without the parts of a URL that may be secret.
    /// </summary>
    public static string Shown(string location)
    {
        if (Uri.TryCreate(location, UriKind.Absolute, out var url) && !url.IsFile)
            location = url.GetComponents(
                UriComponents.AbsoluteUri & ~UriComponents.UserInfo & ~UriComponents.Query & ~UriComponents.Fragment,
                UriFormat.UriEscaped);
        else if (location.IndexOf("://", StringComparison.Ordinal) is >= 0)
            location = "a URL that cannot be read";
        var text = string.Concat(
            location.Take(MaxShownChars).Select(character => char.IsControl(character) ? '\uFFFD' : character));
        return location.Length <= MaxShownChars ? text : text + "…";
    }

    private ConnectorException Make(
        ConnectorFault fault, string code, string location, string why,
        Exception? inner = null) => new(fault, code, $"{kind} '{Shown(location)}' ({type}): {why}.", inner);
}
