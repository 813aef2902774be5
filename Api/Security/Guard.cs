using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>
/// Checks the host of every request, and sets the headers that tell browsers what this server's pages may do. Keys and
/// origins depend on the endpoint: see <see cref="Access"/>.
/// </summary>
public sealed class Guard(RequestDelegate next, ApiOptions options)
{
    private const string PagePolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    // The Swagger page sets styles from its script and draws its icons from data.
    private const string DocsPolicy = PagePolicy + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

    public Task InvokeAsync(HttpContext context)
    {
        HostCheck.Check(context.Request, options);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // Answers of the API are data; only pages need a policy for pages.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments(
                "/docs", StringComparison.OrdinalIgnoreCase)
                ? DocsPolicy
                : PagePolicy;
            headers["Referrer-Policy"] = "no-referrer";
        }

        return next(context);
    }
}
