using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// What stands before a cluster: it hands each request to the next node that was ready when it looked last. Where the
/// node takes no connection, or says that it has not taken the request (503), it asks the next one, as usual proxies
/// do; nothing else is made again.
/// </summary>
internal sealed class SmallProxy : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication application;
    private readonly IReadOnlyList<Uri> nodes;
    private readonly CancellationTokenSource ending = new();
    private volatile IReadOnlyList<Uri> ready;
    private Task looking = Task.CompletedTask;

    // Without a handler's own repeats, cookies and redirects: the answer of the node is the answer.
    private readonly HttpMessageInvoker forward = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    });

    private int turn;
    private int passedOnCount;

    private SmallProxy(WebApplication application, IReadOnlyList<Uri> nodes) =>
        (this.application, this.nodes, ready) = (application, nodes, nodes);

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Requests that another node answered than the one that was asked first.</summary>
    public int PassedOnCount => passedOnCount;

    public static async Task<SmallProxy> StartNewAsync(IReadOnlyList<Uri> nodes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var built = builder.Build();
        built.Urls.Add("http://127.0.0.1:0");
        var proxy = new SmallProxy(built, nodes);
        built.Run(proxy.HandleAsync);
        await built.StartAsync();
        proxy.looking = proxy.LookAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await looking;
        ending.Dispose();
        await application.DisposeAsync();
        forward.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            while (true)
            {
                var looks = await Task.WhenAll(nodes.Select(IsReadyAsync));
                ready = [.. nodes.Where((_, node) => looks[node])];
                await Pace.WaitAsync(Look).WaitAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy ends.
        }
    }

    private async Task<bool> IsReadyAsync(Uri node)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, "health/ready"));
            using var answer = await forward.SendAsync(request, ending.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var body = await new StreamContent(context.Request.Body).ReadAsByteArrayAsync(context.RequestAborted);
        var among = ready;
        var first = Interlocked.Increment(ref turn);
        try
        {
            for (var i = 0; i < among.Count; i++)
            {
                var node = among[(int)((uint)(first + i) % among.Count)];
                using var answer = await TryAsync(context, node, body);
                if (answer is not null && (i == among.Count - 1 || !await IsNotTakenAsync(answer)))
                {
                    await AnswerAsync(context, answer);
                    return;
                }

                Interlocked.Increment(ref passedOnCount);
            }

            await FailAsync(context, $"None of {among.Count} nodes takes connections.");
        }
        catch (HttpRequestException lost)
        {
            await FailAsync(context, lost.ToString());
        }
    }

    // Other reasons for a 503 leave open whether the request had an effect.
    private static async Task<bool> IsNotTakenAsync(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.ServiceUnavailable
        && (await answer.Content.ReadAsStringAsync()).Contains("\"code\":\"stopping\"", StringComparison.Ordinal);

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static Task FailAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        return context.Response.WriteAsync(why, context.RequestAborted);
    }

    // Null when the node took no connection; any other end of it is the caller's to see.
    private async Task<HttpResponseMessage?> TryAsync(HttpContext context, Uri node, byte[] body)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(node, context.Request.Path + context.Request.QueryString));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!);
        }

        if (context.Request.Headers.TryGetValue("Idempotency-Key", out var key))
            request.Headers.Add("Idempotency-Key", (string)key!);
        try
        {
            return await forward.SendAsync(request, context.RequestAborted);
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
    }
}
