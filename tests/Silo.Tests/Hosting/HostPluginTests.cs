using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using OwnHost;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>Plugins call grains of the host that runs them.</summary>
public sealed class HostPluginTests : IDisposable
{
    private const string Configuration = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id}}}
        plugins: plugins
        active_plugins: [station]

        """;

    private readonly HostFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plugin_calls_an_ordinary_grain_of_the_host(bool hasCopies)
    {
        await using var app = StationHost.Build(
            await ConfigureAsync(hasCopies), "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None");
        await app.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var posted = await http.PostAsJsonAsync("api/v1/messages", new { id = "s-4" }, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);

        // The grain posts a message of its own for the report that the plugin makes.
        await Waiting.UntilAsync(async () => await CountAsync(http, "for s-4") > 0 || await IsFaultyAsync(http));
        var count = await CountAsync(http, "for s-4");
        Assert.True(count == 1, $"{count}: {await PluginAsync(http)}");
        await app.StopAsync(Cancellation);
    }

    // Without a list of dependencies each file beside the library counts as one.
    private async Task<SiloConfig> ConfigureAsync(bool hasCopies)
    {
        var root = Path.GetDirectoryName(folder.Config.DataDirectory)!;
        var plugin = Directory.CreateDirectory(Path.Combine(root, "plugins", "station")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PluginOutput("StationPlugin")))
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)));
        if (hasCopies)
        {
            File.Delete(Path.Combine(plugin, "Tributary.StationPlugin.deps.json"));
            foreach (var library in Directory.EnumerateFiles(AppContext.BaseDirectory, "Orleans.*.dll")
                .Append(typeof(IStationGrain).Assembly.Location))
                File.Copy(library, Path.Combine(plugin, Path.GetFileName(library)));
            await File.WriteAllTextAsync(
                Path.Combine(plugin, "config.yml"), "library: Tributary.StationPlugin.dll\n", Cancellation);
        }

        var main = Path.Combine(root, "tributary.yaml");
        await File.WriteAllTextAsync(main, Configuration, Cancellation);
        var around = ConfigFile.Load(main).Pipeline;
        return folder.Config with
        {
            Pipeline = around with { ScratchDirectory = folder.Config.Pipeline.ScratchDirectory },
        };
    }

    private static async Task<long> CountAsync(HttpClient http, string station)
    {
        var read = await http.GetFromJsonAsync<JsonElement>(
            $"api/v1/aggregates/by-station?group=[\"{station}\"]", Cancellation);
        var rows = read.GetProperty("rows");
        return rows.GetArrayLength() == 0 ? 0 : rows[0].GetProperty("count").GetInt64();
    }

    private static async Task<bool> IsFaultyAsync(HttpClient http)
    {
        var plugin = await PluginAsync(http);
        return plugin.GetProperty("failures").GetInt64() > 0 || plugin.GetProperty("state").GetString() != "ACTIVE";
    }

    private static async Task<JsonElement> PluginAsync(HttpClient http)
    {
        var read = await http.GetFromJsonAsync<JsonElement>("api/v1/plugins", Cancellation);
        return read.GetProperty("plugins").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "station");
    }
}
