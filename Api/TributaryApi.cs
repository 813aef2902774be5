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
        OpenApiSetup.Add(services);
    }

    /// <summary>Every request goes through the error boundary, then the guard, then to its route or to the page's files.</summary>
    public static void Use(WebApplication app)
    {
        app.UseMiddleware<ErrorBoundary>();
        app.UseMiddleware<Guard>();
        app.UseRouting();
        app.UseWebSockets();
        app.UseMiddleware<PageFiles>();
        OpenApiSetup.Map(app);
        Routes.Map(app);
    }

    /// <summary>What a process without the role api serves: its health, and to all else that it serves nothing else.</summary>
    public static void UseHealth(WebApplication app)
    {
        app.UseMiddleware<ErrorBoundary>();
        app.UseMiddleware<Guard>();
        app.UseRouting();
        Routes.MapHealth(app);
        app.Map("/{**path}", static _ => throw RolesApart.Error("silo"));
    }
}
