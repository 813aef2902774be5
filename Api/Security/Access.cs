using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Tributary.Api.Security;

/// <summary>
/// Who may call which endpoint is metadata of the endpoint: <see cref="ForCallers{T}"/> or ASP.NET Core's
/// <c>AllowAnonymous</c>. An endpoint that carries neither is refused to everybody.
/// </summary>
public static class Access
{
    /// <summary>
    /// The policy for callers: with a key where the server has keys; from a browser, only this server's pages and pages
    /// of configured origins.
    /// </summary>
    public const string Callers = "tributary-callers";

    /// <summary>Closes the endpoint to everybody but callers: see <see cref="Callers"/>.</summary>
    public static T ForCallers<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(Callers);

    internal static void Add(IServiceCollection services, ApiOptions options)
    {
        var callers = new AuthorizationPolicy([AccessRequirement.OwnPages, AccessRequirement.KnownKey], []);
        services.AddAuthorization(authorization =>
        {
            authorization.AddPolicy(Callers, callers);
            authorization.DefaultPolicy = callers;
            authorization.FallbackPolicy = new([AccessRequirement.Declared, .. callers.Requirements], []);
        });
        services.AddSingleton<IPolicyEvaluator, AccessEvaluator>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessResults>();
        // Pages of configured origins may read answers; without such origins no answer carries a CORS header.
        if (options.AllowedOrigins.Count > 0)
            services.AddCors(cors => cors.AddDefaultPolicy(CrossOriginPolicy.Of(options.AllowedOrigins)));
    }

    /// <summary>Comes after routing, which finds the endpoint, and before the endpoint runs.</summary>
    internal static void Use(IApplicationBuilder app, ApiOptions options)
    {
        // Preflights carry no key, so CORS answers them before the authorization.
        if (options.AllowedOrigins.Count > 0)
            app.UseCors();
        app.UseAuthorization();
    }
}
