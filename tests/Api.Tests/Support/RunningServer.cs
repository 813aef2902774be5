using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tributary.Feed;
using Tributary.Pipeline.Definitions;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Generations;

namespace Tributary.Api.Tests.Support;

/// <summary>The real program on a free port, over a database of its own.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly SiloApp node;
    private readonly DirectoryInfo folder;
    private Task? stop;

    private RunningServer(SiloApp node, DirectoryInfo folder)
    {
        this.node = node;
        this.folder = folder;
        Address = new Uri(node.Addresses[0]);
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public static async Task<RunningServer> StartAsync(
        ApiOptions? api = null, FeedOptions? feed = null, string? postgres = null, string? aggregates = null,
        Func<SiloConfig, SiloConfig>? change = null)
    {
        var data = Directory.CreateTempSubdirectory("tributary-api-");
        var config = new SiloConfig
        {
            Listen = ["http://127.0.0.1:0"],
            DataDirectory = data.FullName,
            DatabaseType = postgres is null ? "sqlite" : "postgres",
            Connection = postgres,
            Api = api ?? new ApiOptions(),
            Feed = feed ?? new FeedOptions(),
            Aggregates = aggregates is null ? [] : AggregateDefinition.ParseAll(JsonElement.Parse(aggregates)),
            LogLevel = LogLevel.Error,
        };
        return new RunningServer(await SiloApp.StartAsync(change is null ? config : change(config)), data);
    }

    /// <summary>Stops as the program does when it is told to.</summary>
    public Task StopAsync() => stop ??= node.StopAsync();

    public async Task<HttpResponseMessage> PostAsync(
        string body, string path = "/api/v1/messages", string? key = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await Http.SendAsync(request);
    }

    /// <summary>Posts a message that must be accepted.</summary>
    public async Task<Receipt> AcceptAsync(string body, string path = "/api/v1/messages", string? key = null)
    {
        using var response = await PostAsync(body, path, key);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 202, text);
        return Receipt.Of(text);
    }

    public async Task<JsonElement> GetAsync(string path, int status = 200)
    {
        using var response = await Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>The bodies of everything stored, in order, as they came out.</summary>
    public async Task<List<string>> ReadAllAsync(string after = "start")
    {
        var bodies = new List<string>();
        while (true)
        {
            var run = await GetAsync($"/api/v1/messages?after={after}&limit=100");
            bodies.AddRange(run.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText()));
            after = run.GetProperty("next").GetString()!;
            if (run.GetProperty("complete").GetBoolean())
                return bodies;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        await node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    public sealed record Receipt(string Id, string Item, string Cursor)
    {
        public static Receipt Of(string json)
        {
            var fields = JsonElement.Parse(json);
            return new Receipt(
                fields.GetProperty("id").GetString()!,
                fields.GetProperty("item").GetString()!,
                fields.GetProperty("cursor").GetString()!);
        }
    }
}

/// <summary>One server for the tests of a class that do not mind each other's messages.</summary>
public class ServerFixture : IAsyncLifetime
{
    private RunningServer? server;

    public RunningServer Server => server!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    protected virtual Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(new ApiOptions { MaxBodyBytes = 64 * 1024 });

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (server is not null)
            await server.DisposeAsync();
    }
}
