using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>Answers refusals as all errors are answered: the error boundary around this writes them.</summary>
internal sealed class AccessResults : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        // The result itself has no reasons: the evaluator leaves them with the request.
        throw context.Features.Get<AccessRefusal>()?.Error ?? new TributaryException(
            "access_undeclared",
            "The route asks for what this server cannot check; allowed: routes that ask for a key or nothing.");
    }
}
