using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>How large contents are, by media type.</summary>
public sealed class SizesPlugin : IPlugin
{
    private static readonly JsonElement Definitions = JsonElement.Parse("""
        [{"name": "sizes",
          "group": [{"name": "media_type", "pointer": "/media_type"}],
          "measures": [
            {"name": "count", "kind": "count"},
            {"name": "sum", "kind": "sum", "pointer": "/bytes"},
            {"name": "min", "kind": "min", "pointer": "/bytes"},
            {"name": "max", "kind": "max", "pointer": "/bytes"},
            {"name": "mean", "kind": "mean", "pointer": "/bytes"},
            {"name": "quantiles", "kind": "quantiles", "pointer": "/bytes", "quantiles": [0.5, 0.9, 0.99]}]}]
        """u8);

    public string Name => "sizes";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["*/*"];

    public JsonElement? Aggregates => Definitions;

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        var json = RecordWriter.Object(context, static (json, context) =>
        {
            json.WriteNumber("bytes"u8, context.ContentLength);
            json.WriteString("media_type"u8, context.MediaType);
        });
        return new(
            new PluginResult
            {
                Records = [new PluginRecord(json)],
                Contributions = [new PluginContribution("sizes", json)],
            });
    }
}
