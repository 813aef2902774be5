using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// A content store over HTTP. It never answers for <c>/hang</c>, and for <c>/held</c> only when so many ask at once as
/// it waits for.
/// </summary>
internal sealed class ContentServer : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int awaitedCount;
    private int heldCount;

    private ContentServer(int awaitedCount)
    {
        this.awaitedCount = awaitedCount;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        web = builder.Build();
        web.Run(AnswerAsync);
    }

    public string Address => web.Urls.First();

    /// <summary>The most that asked for <c>/held</c> at once.</summary>
    public int MostHeldCount { get; private set; }

    public static async Task<ContentServer> StartNewAsync(int awaitedCount = 0)
    {
        var server = new ContentServer(awaitedCount);
        await server.web.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await web.StopAsync(now.Token);
        await web.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/hang", StringComparison.Ordinal))
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (context.Request.Path.StartsWithSegments("/held", StringComparison.Ordinal))
            await HoldAsync(context.RequestAborted);
        await context.Response.WriteAsync("hello");
    }

    private async Task HoldAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            MostHeldCount = Math.Max(MostHeldCount, ++heldCount);
            if (heldCount == awaitedCount)
                enough.TrySetResult();
        }

        await enough.Task.WaitAsync(cancellation);
        lock (gate)
            heldCount--;
    }
}
