using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tributary.Api;

/// <summary>Puts the API into a web application.</summary>
public static class TributaryApi
{
    public static void Add(IServiceCollection services, ApiNode node, ApiOptions options) =>
        services.AddRouting().AddSingleton(node).AddSingleton(options);

    public static void Use(WebApplication app) =>
        app.MapGet("/health/ready", (ApiNode node) => node.IsReady() ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
}
