using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Crashes;

/// <summary>
/// A server with a plugin, in its own process and from a folder, that ends the process when the content says so.
/// </summary>
internal sealed class EndingServer(PipelineServer server) : IAsyncDisposable
{
    private const string Main = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id, required: true}, data_location: {key: path, required: true}}}
        data_store: {type: disk, root: '${CONTENT}'}
        plugins: plugins
        active_plugins: [ending]
        processing: {running: 8}

        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public PipelineServer Server => server;

    public static async Task<EndingServer> StartNewAsync(params string[] arguments) =>
        new(await PipelineServer.StartNewAsync(Main, null, Prepare, arguments));

    /// <summary>
    /// Posts a message whose content ends the process, and returns its id: null when the process ended before it had
    /// answered, as it may when the content is looked at at once.
    /// </summary>
    public async Task<string?> PostPoisonAsync(string name, string content)
    {
        try
        {
            return await PostAsync(name, content);
        }
        catch (HttpRequestException)
        {
            await server.Process.WaitForExitAsync(Cancellation);
            return null;
        }
    }

    /// <summary>Posts a message whose content is this text, and returns its id.</summary>
    public async Task<string> PostAsync(string name, string content)
    {
        await server.WriteAsync(name + ".txt", content);
        using var answer = await server.Http.PostAsJsonAsync(
            new Uri("api/v1/messages", UriKind.Relative), new { id = name, path = name + ".txt" }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    public async Task PostManyAsync(string prefix, int count)
    {
        for (var i = 0; i < count; i++)
            await PostAsync(string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i}"), "slow");
    }

    /// <summary>
    /// Waits until the ledger fits. Starts the process again whenever it has ended; returns how often.
    /// </summary>
    public async Task<int> LiveUntilAsync(Func<JsonElement, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        JsonElement? last = null;
        try
        {
            for (var ends = 0; ;)
            {
                if (server.Process.HasExited)
                {
                    ends++;
                    server.Process.Launch();
                }

                last = await ReadLedgerAsync(limit.Token) ?? last;
                if (last is { } ledger && isSo(ledger))
                    return ends;
                // A process of its own has no signal to wait for: it is asked again until the limit.
                await Task.Delay(20, limit.Token);
            }
        }
        catch (OperationCanceledException slow) when (!Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"It did not come to it within {Limit.TotalSeconds} s: {last}\n{server.Process.Output}", slow);
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    // Null when the process ends meanwhile.
    private async Task<JsonElement?> ReadLedgerAsync(CancellationToken cancellation)
    {
        try
        {
            return await server.Http.GetFromJsonAsync<JsonElement>(
                new Uri("api/v1/ledger?verify=true", UriKind.Relative), cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static void Prepare(string main)
    {
        var folder = Directory.CreateDirectory(Path.Combine(main, "plugins", "ending")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PluginOutput("EndingPlugin")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
