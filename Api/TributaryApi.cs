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
    /// For a host that adds its own <see cref="ApiNode"/> and <see cref="INodeReadiness"/>. <see cref="Use"/> resolves
    /// the node.
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
    /// Every request passes the error boundary, the guard, and the access check of its endpoint.
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
    /// Serves the health of a process without the role api, and refuses every other request with <c>roles_apart</c>.
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
