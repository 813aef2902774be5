using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tributary.Api.Errors;
using Tributary.Api.OpenApi;
using Tributary.Api.Pages;
using Tributary.Api.Security;
using Tributary.Grains;

namespace Tributary.Api;

/// <summary>Puts the API into a web application.</summary>
public static class TributaryApi
{
    public static void Add(IServiceCollection services, ApiNode node, ApiOptions options)
    {
        services.AddRouting().AddSingleton(node).AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        Access.Add(services, options);
        OpenApiSetup.Add(services);
    }

    /// <summary>
    /// Every request goes through the error boundary, the guard, and what its endpoint says of its callers.
    /// </summary>
    public static void Use(WebApplication app)
    {
        UseGuards(app);
        app.UseWebSockets();
        PageFiles.Map(app);
        OpenApiSetup.Map(app);
        Routes.Map(app);
    }

    /// <summary>What a process without the role api serves: its health, and to all else that it serves nothing else.</summary>
    public static void UseHealth(WebApplication app)
    {
        UseGuards(app);
        Routes.MapHealth(app);
        app.Map("/{**path}", static _ => throw RolesApart.Error("silo")).ForCallers();
    }

    private static void UseGuards(WebApplication app)
    {
        app.UseMiddleware<ErrorBoundary>();
        app.UseMiddleware<Guard>();
        app.UseRouting();
        Access.Use(app, app.Services.GetRequiredService<ApiOptions>());
    }
}
