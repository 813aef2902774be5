using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tributary.Api.ConfiguredEndpoints;
using Tributary.Api.Security;
using Tributary.Api.Tests.Support;
using Tributary.Pipeline.Generations;

namespace Tributary.Api.Tests.Access;

/// <summary>
/// Routes say who may call them; what says nothing is refused. The API in a host of somebody else's, over no silo.
/// </summary>
public sealed class DeclaredAccessTests : IAsyncLifetime
{
    private const string Key = "a-key-of-more-than-sixteen";

    private WebApplication keyed = null!;
    private WebApplication open = null!;

    public async ValueTask InitializeAsync() => (keyed, open) = (await StartAsync([Key]), await StartAsync([]));

    public async ValueTask DisposeAsync()
    {
        await keyed.DisposeAsync();
        await open.DisposeAsync();
    }

    [Fact]
    public void Every_route_says_who_may_call_it_and_lies_where_no_configured_one_may()
    {
        var routes = ((IEndpointRouteBuilder)open).DataSources.SelectMany(source =>
            source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText?.StartsWith("/theirs",
                StringComparison.Ordinal) == false).ToList();

        Assert.True(routes.Count > 50, $"{routes.Count} routes");
        Assert.All(routes, route => Assert.True(
            (route.Metadata.GetMetadata<IAllowAnonymous>() is not null) ^
                (route.Metadata.GetMetadata<IAuthorizeData>() is { Policy: Api.Security.Access.Callers }),
            $"{route.RoutePattern.RawText} says nothing"));
        Assert.All(routes, route =>
            Assert.True(ConfiguredPaths.IsOwn(route.RoutePattern.RawText!), route.RoutePattern.RawText));
    }

    [Fact]
    public async Task A_route_that_says_nothing_is_closed_to_everybody()
    {
        foreach (var app in new[] { keyed, open })
        {
            using var http = ClientOf(app);
            http.DefaultRequestHeaders.Add("X-Api-Key", Key);
            using var refused = await http.GetAsync("/theirs/undeclared", TestContext.Current.CancellationToken);
            await refused.IsProblemAsync(403, "access_undeclared", "/theirs/undeclared");
            Assert.Equal("seen", await http.GetStringAsync("/theirs/declared", TestContext.Current.CancellationToken));
            Assert.Equal("seen", await http.GetStringAsync("/theirs/public", TestContext.Current.CancellationToken));
            Assert.Equal("seen", await http.GetStringAsync("/theirs/default", TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Keys_are_asked_for_by_what_a_route_says()
    {
        using var http = ClientOf(keyed);
        foreach (var path in new[] { "/theirs/declared", "/theirs/default" })
        {
            using var refused = await http.GetAsync(path, TestContext.Current.CancellationToken);
            await refused.IsProblemAsync(401, "unauthorized");
        }

        Assert.Equal("seen", await http.GetStringAsync("/theirs/public", TestContext.Current.CancellationToken));
    }

    private static HttpClient ClientOf(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.First()) };

    private static async Task<WebApplication> StartAsync(string[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // No request of these tests reaches the node.
        var node = new ApiNode
        {
            Intake = null!, BulkIntake = null!, Grains = null!, Messages = null!, Items = null!,
            Aggregates = null!, Records = null!, Failures = null!, Reminders = null!, Ledger = null!,
            MatcherOf = null!, Tail = null!, Held = null!, Cluster = null!, Cordons = null!,
            Live = static () => LiveDefinitions.None, IsReady = static () => true,
        };
        TributaryApi.Add(builder.Services, node, new ApiOptions { ApiKeys = keys });
        var app = builder.Build();
        TributaryApi.Use(app);
        RequestDelegate seen = static context => context.Response.WriteAsync("seen");
        app.MapGet("/theirs/undeclared", seen);
        app.MapGet("/theirs/declared", seen).ForCallers();
        app.MapGet("/theirs/default", seen).RequireAuthorization();
        app.MapGet("/theirs/public", seen).AllowAnonymous();
        await app.StartAsync();
        return app;
    }
}
