using System.Net;
using System.Net.Http.Headers;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Outbound;

namespace Tributary.Connectors.Http;

/// <summary>
/// Reads locations over HTTP: URLs, or paths below a configured URL. Every connection, also after a redirect, passes
/// the <see cref="OutboundGuard"/>.
/// </summary>
internal sealed class GuardedReader : IDisposable
{
    /// <summary>Most redirects of one location; one more is refused.</summary>
    public const int MaxRedirectsCount = 5;

    public static readonly string[] Keys = ["base_url", "allow", "authorization", .. StoreLimits.Keys];

    private readonly StoreClient client;
    private readonly Faults faults;
    private readonly Uri? baseUrl;
    private readonly AuthenticationHeaderValue? authorization;

    private GuardedReader(Uri? baseUrl, AuthenticationHeaderValue? authorization, StoreClient client, Faults faults) =>
        (this.baseUrl, this.authorization, this.client, this.faults) = (baseUrl, authorization, client, faults);

    /// <summary>Null when there was an error.</summary>
    public static GuardedReader? Read(
        ConfigField config,
        ConfigSection section,
        Faults faults,
        TimeProvider time,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        var root = section["base_url"].Url();
        var allowed = AllowedTarget.Read(section["allow"]);
        var limits = StoreLimits.Read(section);

        const string Header = "the value of an Authorization header, such as Bearer ${TOKEN}, beside a base_url";
        AuthenticationHeaderValue? secret = null;
        if (section["authorization"].Text(Header, isSecret: true) is { } text
            && (root is null || !AuthenticationHeaderValue.TryParse(text, out secret)))
            section["authorization"].Fail(Header, isSecret: true);
        if (config.ErrorCount > 0)
            return null;

        // The configured server may lie inside the network; a redirect from there must
        // not lead to another inside address.
        var guard = new OutboundGuard(root is null ? allowed : [.. allowed, AllowedTarget.Of(root)], resolve);
        return new GuardedReader(
            root, secret, new StoreClient(guard.CreateHandler(limits.Connect), limits, faults, time), faults);
    }

    /// <summary>The body of the answer after redirects.</summary>
    public async ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        var target = Target(location);

        // A query may be a signature, so errors show the location without it.
        location = location.Split('?')[0];
        for (var redirectsCount = 0; ; redirectsCount++)
        {
            var answer = await GetAsync(target, location, cancellation);
            if (answer.StatusCode
                    is not (
                        HttpStatusCode.MovedPermanently
                        or HttpStatusCode.Found
                        or HttpStatusCode.SeeOther
                        or HttpStatusCode.TemporaryRedirect
                        or HttpStatusCode.PermanentRedirect)
                || answer.Headers.Location is not { } next)
            {
                return await client.OpenBodyAsync(answer, location, cancellation);
            }

            answer.Dispose();
            if (redirectsCount == MaxRedirectsCount)
                throw faults.Refused(location, $"it leads through more than {MaxRedirectsCount} redirects");
            next = new Uri(target, next);
            if (target.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
                throw faults.Refused(location, "a redirect leads from https to something else");
            if (Fault(next) is { } found)
                throw faults.Refused(location, $"a redirect leads to {found}; allowed: http and https");
            target = next;
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> GetAsync(Uri target, string location, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.AcceptEncoding.ParseAdd("identity");

        // Only the configured server gets the secret, whatever the redirects.
        if (authorization is not null && IsBelowBase(target))
            request.Headers.Authorization = authorization;
        return await client.SendAsync(request, location, cancellation);
    }

    private Uri Target(string location)
    {
        if (baseUrl is null)
        {
            return Uri.TryCreate(location, UriKind.Absolute, out var url)
                ? Fault(url) is { } found
                    ? throw faults.Invalid(location, found, "an http:// or https:// URL without user")
                    : url
                : throw faults.Invalid(location, "what is no URL", "an http:// or https:// URL");
        }

        var isWhole =
            location.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || location.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var text = isWhole ? location : $"{baseUrl.AbsoluteUri.TrimEnd('/')}/{location.TrimStart('/')}";
        return Uri.TryCreate(text, UriKind.Absolute, out var target) && Fault(target) is null && IsBelowBase(target)
            ? target
            : throw faults.Invalid(location, "what lies elsewhere", "paths and URLs below the configured base_url");
    }

    // Uri resolves plain dot segments, but a server may resolve escaped ones too.
    private bool IsBelowBase(Uri url) =>
        baseUrl is not null && url.GetLeftPart(UriPartial.Authority) == baseUrl.GetLeftPart(UriPartial.Authority)
        && (url.AbsolutePath + "/").StartsWith(baseUrl.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal)
        && !Uri.UnescapeDataString(url.AbsolutePath).Split('/', '\\').Contains("..");

    private static string? Fault(Uri url) =>
        url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps ? $"the scheme {url.Scheme}"
        : url.UserInfo.Length > 0 ? "a user in a URL"
        : url.Host.Length == 0 ? "no host"
        : null;
}
