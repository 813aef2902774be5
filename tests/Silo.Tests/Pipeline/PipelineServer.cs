using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// A server with a configuration file of its own, named by the variable CFG_FILE. In the file's folder is a folder
/// <c>content</c>, which the variable CONTENT names.
/// </summary>
internal sealed class PipelineServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder;

    private PipelineServer(TemporaryFolder folder, TributaryProcess process)
    {
        this.folder = folder;
        Process = process;
        Http = new HttpClient { BaseAddress = process.Address };
    }

    public TributaryProcess Process { get; }

    public HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="prepare">Puts files into the folder of the configuration before the start.</param>
    public static async Task<PipelineServer> StartNewAsync(
        string yaml,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? prepare = null,
        params string[] arguments)
    {
        var own = new TemporaryFolder();
        try
        {
            var file = Path.Combine(own.Path, "tributary.yaml");
            await File.WriteAllTextAsync(file, yaml, Cancellation);
            Directory.CreateDirectory(Path.Combine(own.Path, "content"));
            prepare?.Invoke(own.Path);
            var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
            {
                ["CFG_FILE"] = file,
                ["CONTENT"] = Path.Combine(own.Path, "content"),
            };
            return new PipelineServer(own, await TributaryProcess.StartNewAsync(variables, arguments, Cancellation));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Makes a file of content.</summary>
    public Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder.Path, "content", name), text, Cancellation);

    /// <summary>Posts one object to the API.</summary>
    public async Task PostAsync(string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri("api/v1/messages", UriKind.Relative), body, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Waits until so many messages are in the status.</summary>
    public async Task WaitAsync(string status, int count)
    {
        using var ledger = await Ledger.WaitAsync(Http, ledger => Ledger.Count(ledger, status) >= count, Cancellation);
        Assert.Equal(count, Ledger.Count(ledger, status));
    }

    /// <summary>The one record that the plugin made of the item.</summary>
    public async Task<JsonElement> RecordAsync(string plugin, string item)
    {
        var page = await StoredMessages.ReadAsync(
            Http, $"api/v1/records/{plugin}?item={Uri.EscapeDataString(item)}", Cancellation);
        return Assert.Single(page.GetProperty("records").EnumerateArray()).GetProperty("document");
    }

    /// <summary>What failed, as the API lists it.</summary>
    public async Task<IReadOnlyList<JsonElement>> FailuresAsync() =>
        [
            .. (await StoredMessages.ReadAsync(Http, "api/v1/failures", Cancellation))
                .GetProperty("failures")
                .EnumerateArray(),
        ];

    /// <summary>The states of all plugins by their names.</summary>
    public async Task<Dictionary<string, string>> PluginsAsync() =>
        (await StoredMessages.ReadAsync(Http, "api/v1/plugins", Cancellation))
            .GetProperty("plugins")
            .EnumerateArray()
            .ToDictionary(
                plugin => plugin.GetProperty("name").GetString()!, plugin => plugin.GetProperty("state").GetString()!);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
        folder.Dispose();
    }
}
