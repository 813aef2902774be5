using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Page;

/// <summary>
/// A server whose messages refer to files of a folder and run through plugins: one of them fails when the message wants
/// it, and one folder holds no plugin. What waits to be tried again waits for hours, so that nothing happens but what a
/// test does.
/// </summary>
public sealed class ProcessingServer : ITributaryServer, IAsyncDisposable
{
    public const string Hostile = "<img src=x onerror=document.title='owned'>";

    private const string Configuration = """
        broker: {type: rest}
        message: {fields: {uuid: {key: uuid, required: true}, data_location: {key: file}}}
        data_store: {type: disk, root: content}
        plugins: plugins
        active_plugins: [datatypes, sizes, picky]
        retry:
          - {then: retry, step: query, first: 5h, ceiling: 5h, jitter: 0}
          - {then: retry, plugin: picky, fault: unavailable, first: 5h, ceiling: 5h, jitter: 0}
        """;

    private const string PickyConfiguration = """
        exec: {name: picky, version: "1", command: python3, arguments: [picky.py], media_types: ["text/*"]}
        """;

    private const string Picky = """
        import json, sys
        for line in sys.stdin:
            request = json.loads(line)
            wanted = request["message"]["body"].get("want")
            if wanted:
                answer = {"id": request["id"], "error": {"message": wanted["error"], "retry": wanted["retry"]}}
            else:
                documents = [{"key": "", "json": {"note": "<img src=x onerror=document.title='owned'>",
                  "big": 12345678901234567890}}]
                answer = {"id": request["id"], "records": documents}
            print(json.dumps(answer), flush=True)
        """;

    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new();
    private TributaryProcess? process;

    public Uri Address => process!.Address;

    public static async Task<ProcessingServer> StartNewAsync(CancellationToken cancellation)
    {
        var server = new ProcessingServer();
        server.Write("content/here.txt", "Here it is.\n");
        server.Write("plugins/picky/config.yml", PickyConfiguration);
        server.Write("plugins/picky/picky.py", Picky);
        server.Write("plugins/broken/config.yml", "no: plugin: " + Hostile);
        server.Write("tributary.yaml", Configuration);
        try
        {
            server.process = await TributaryProcess.StartNewAsync(
                null, ["--config", Path.Combine(server.folder.Path, "tributary.yaml")], cancellation);
            server.http.BaseAddress = server.Address;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the content that messages refer to by this name.</summary>
    public void WriteContent(string name) => Write("content/" + name, "Now it is here.\n");

    /// <summary>Sends a message; returns its id once it is durable.</summary>
    public async Task<string> PostAsync(string json, string source)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(
            new Uri($"api/v1/messages?source={Uri.EscapeDataString(source)}", UriKind.Relative), content);
        Assert.Equal(202, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Sends a message whose file is not there; returns its id once it waits to be tried again.</summary>
    public async Task<string> PostMissingAsync(string source, string file)
    {
        var id = await PostAsync($$"""{"uuid":"{{source}}-{{file}}","file":"{{source}}-{{file}}"}""", source);
        await WaitForStatusAsync(id, "RETRYING");
        return id;
    }

    public Task WaitForStatusAsync(string id, string status) => Waiting.UntilAsync(async () =>
        (await GetAsync($"api/v1/messages/{id}")).GetProperty("status").GetString() == status);

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation = default) =>
        await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), cancellation);

    /// <summary>Sends a POST without a body, which must succeed.</summary>
    public async Task<JsonElement> ChangeAsync(string path)
    {
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is not null)
            await process.DisposeAsync();
        folder.Dispose();
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
