using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Runtime.Feed;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;

namespace Tributary.Api.Tests.Support;

/// <summary>The program's node behind a web server with the API, with limits that the configuration does not offer.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    private readonly SiloNode node;
    private readonly WebApplication web;
    private readonly CancellationTokenSource ownFeedStop = new();
    private readonly Task ownFeed;
    private bool isStopped;

    private ServedNode(SiloNode node, WebApplication web, FeedTail? ownTail)
    {
        this.node = node;
        this.web = web;
        ownFeed = ownTail?.RunAsync(ownFeedStop.Token) ?? Task.CompletedTask;
    }

    public Uri Address => new(web.Urls.First());

    /// <param name="feed">When given, the feed has a tail of its own with these limits, woken by its poll.</param>
    public static async Task<ServedNode> StartAsync(Settings settings, ApiOptions api, FeedOptions? feed)
    {
        settings = settings with { Limits = settings.Limits with { BodyBytes = api.MaxBodyBytes } };
        var started = await SiloNode.StartAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var tail = feed is null ? null : new FeedTail(started.Api.Log, started.Api.History, feed, TimeProvider.System, NullLogger<FeedTail>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddLogging();
        TributaryApi.Add(builder.Services, tail is null ? started.Api : WithTail(started.Api, tail), api);
        var app = builder.Build();
        TributaryApi.Use(app);
        await app.StartAsync();
        return new ServedNode(started, app, tail);
    }

    public async Task StopAsync()
    {
        if (isStopped)
            return;
        isStopped = true;
        await ownFeedStop.CancelAsync();
        await ownFeed;
        await node.BeginStopAsync();
        await web.StopAsync();
        await node.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await web.DisposeAsync();
        await node.DisposeAsync();
    }

    private static ApiNode WithTail(ApiNode api, FeedTail tail) => new()
    {
        Intake = api.Intake, BulkIntake = api.BulkIntake, Grains = api.Grains, Log = api.Log, Tail = tail,
        Definitions = api.Definitions, GenerationNumbers = api.GenerationNumbers, IsReady = api.IsReady,
    };

    /// <summary>Signals belong to the test runner.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
