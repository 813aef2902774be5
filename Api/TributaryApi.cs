using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tributary.Api.Errors;
using Tributary.Api.Health;
using Tributary.Api.OpenApi;
using Tributary.Api.Pages;
using Tributary.Api.Security;
using Tributary.Pipeline.Reading;

namespace Tributary.Api;

/// <summary>Puts the API into a web application.</summary>
public static class TributaryApi
{
    /// <summary>For a host that has its node already.</summary>
    public static void Add(IServiceCollection services, ApiNode node, ApiOptions options)
    {
        services.AddSingleton(node).AddSingleton<INodeReadiness>(node);
        Add(services, options);
    }

    /// <summary>
    /// For a host that adds its <see cref="ApiNode"/>, which is asked for when <see cref="Use"/> is called, and its
    /// <see cref="INodeReadiness"/>.
    /// </summary>
    public static void Add(IServiceCollection services, ApiOptions options)
    {
        services.AddRouting().AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        NodeHealth.Add(services);
        Access.Add(services, options);
        OpenApiSetup.Add(services);
    }

    /// <summary>
    /// Every request goes through the error boundary, the guard, and what its endpoint says of its callers.
    /// </summary>
    public static void Use(IApplicationBuilder app)
    {
        UseGuards(app);
        app.UseWebSockets();
        app.UseEndpoints(static endpoints =>
        {
            PageFiles.Map(endpoints);
            OpenApiSetup.Map(endpoints);
            Routes.Map(endpoints);
        });
    }

    /// <summary>
    /// What a process without the role api serves: its health, and to all else that it serves nothing else.
    /// </summary>
    public static void UseHealth(IApplicationBuilder app)
    {
        UseGuards(app);
        app.UseEndpoints(static endpoints =>
        {
            Routes.MapHealth(endpoints);
            endpoints.Map("/{**path}", static _ => throw RolesApart.Error("silo")).ForCallers();
        });
    }

    private static void UseGuards(IApplicationBuilder app)
    {
        app.UseMiddleware<ErrorBoundary>();
        app.UseMiddleware<Guard>();
        app.UseRouting();
        Access.Use(app, app.ApplicationServices.GetRequiredService<ApiOptions>());
    }
}
