using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>Throws the error of a refusal, so that the error boundary answers it like any other error.</summary>
internal sealed class AccessResults : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        // The result carries no reasons; the evaluator left the error in the request's features.
        throw context.Features.Get<AccessRefusal>()?.Error ?? new TributaryException(
            "access_undeclared",
            "The route asks for what this server cannot check; allowed: routes that ask for a key or nothing.");
    }
}
