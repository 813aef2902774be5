using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Plugins;

public sealed class LinesPlugin : IPlugin
{
    public string Name => "lines";
    public string Version => "1";
    public IReadOnlyList<string> MediaTypes { get; } = ["text/*"];

    public async ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        using var reader = new StreamReader(context.OpenContent());
        var lines = 0;
        while (await reader.ReadLineAsync(cancellation) is not null)
            lines++;
        return new PluginResult { Records = [new PluginRecord(JsonSerializer.SerializeToUtf8Bytes(new { lines }))] };
    }
}
