using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tributary.Api;

/// <summary>The HTTP side of a node.</summary>
public static class TributaryApi
{
    public static void AddTributaryApi(this IServiceCollection services, ApiOptions options)
    {
        services.AddRouting();
        services.AddSingleton(options);
    }

    public static void MapTributaryApi(this WebApplication app) =>
        app.MapGet("/health/ready", (ApiNode node) => node.IsReady() ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
}
