using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tributary.Api.Security;

/// <summary>
/// Decides on requests in place of ASP.NET Core's own evaluator, which allocates 1.9 KB per request for schemes and
/// principals that do not exist here. A policy with an unknown requirement, or with a scheme, is refused.
/// </summary>
internal sealed class AccessEvaluator(ApiOptions options) : IPolicyEvaluator
{
    private static readonly Task<AuthenticateResult> NoScheme = Task.FromResult(AuthenticateResult.NoResult());

    private static readonly Task<PolicyAuthorizationResult> Allowed =
        Task.FromResult(PolicyAuthorizationResult.Success());

    private static readonly Task<PolicyAuthorizationResult> Refused =
        Task.FromResult(PolicyAuthorizationResult.Forbid());

    private readonly ApiKeys keys = new(options.ApiKeys);

    public Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) => NoScheme;

    public Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource)
    {
        if (policy.AuthenticationSchemes.Count > 0)
            return Refused;
        for (var i = 0; i < policy.Requirements.Count; i++)
        {
            if (policy.Requirements[i] is not AccessRequirement known)
                return Refused;
            if (RefusalOf(known, context) is { } refusal)
            {
                // The first refusal is the answer: a refused caller learns nothing about further requirements.
                context.Features.Set(new AccessRefusal(refusal));
                return Refused;
            }
        }

        return Allowed;
    }

    private TributaryException? RefusalOf(AccessRequirement requirement, HttpContext http) =>
        requirement == AccessRequirement.Declared ? UndeclaredOf(http)
        : requirement == AccessRequirement.OwnPages ? OriginCheck.RefusalOf(http.Request, options.AllowedOrigins)
        : keys.RefusalOf(http.Request);

    /// <summary>
    /// Only endpoints of routes run code. A request without an endpoint gets 404, and endpoints that routing makes
    /// itself only answer 405 or 415.
    /// </summary>
    private static TributaryException? UndeclaredOf(HttpContext http) => http.GetEndpoint() is RouteEndpoint endpoint
        ? new TributaryException(
            "access_undeclared",
            $"The route '{endpoint.RoutePattern.RawText}' does not say who may call it; allowed: routes that do.")
        : null;
}

/// <summary>The error that answers a refused request.</summary>
internal sealed class AccessRefusal(TributaryException error)
{
    public TributaryException Error { get; } = error;
}
