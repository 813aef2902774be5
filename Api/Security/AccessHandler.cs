using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tributary.Api.Security;

/// <summary>
/// Decides on requests. A requirement that it does not know stays unfulfilled, and so does a resource that is no
/// request: both are refused.
/// </summary>
internal sealed class AccessHandler(ApiOptions options) : IAuthorizationHandler
{
    private readonly ApiKeys keys = new(options.ApiKeys);

    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http)
            return Task.CompletedTask;

        foreach (var requirement in context.Requirements)
        {
            if (requirement is not AccessRequirement known)
                continue;
            if (RefusalOf(known, http) is { } refusal)
            {
                // The first refusal is the answer: who is not let in learns nothing of what else is missing.
                http.Features.Set(new AccessRefusal(refusal));
                context.Fail();
                return Task.CompletedTask;
            }

            context.Succeed(known);
        }

        return Task.CompletedTask;
    }

    private TributaryException? RefusalOf(AccessRequirement requirement, HttpContext http) =>
        requirement == AccessRequirement.Declared ? UndeclaredOf(http)
        : requirement == AccessRequirement.OwnPages ? OriginCheck.RefusalOf(http.Request, options.AllowedOrigins)
        : keys.RefusalOf(http.Request);

    /// <summary>
    /// Only endpoints of routes run code of somebody's. Without one the answer is 404, and endpoints that routing makes
    /// itself answer 405 or 415 and nothing else.
    /// </summary>
    private static TributaryException? UndeclaredOf(HttpContext http) => http.GetEndpoint() is RouteEndpoint endpoint
        ? new TributaryException(
            "access_undeclared",
            $"The route '{endpoint.RoutePattern.RawText}' does not say who may call it; allowed: routes that do.")
        : null;
}

/// <summary>Why a request is refused, as it is answered.</summary>
internal sealed class AccessRefusal(TributaryException error)
{
    public TributaryException Error { get; } = error;
}
