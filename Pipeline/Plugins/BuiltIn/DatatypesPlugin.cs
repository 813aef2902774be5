using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>Counts contents and bytes by media type.</summary>
public sealed class DatatypesPlugin : IPlugin
{
    private static readonly JsonElement Definitions = JsonElement.Parse("""
        [{"name": "datatypes",
          "group": [{"name": "media_type", "pointer": "/media_type"}],
          "measures": [{"name": "count", "kind": "count"}, {"name": "bytes", "kind": "sum", "pointer": "/bytes"}]}]
        """u8);

    public string Name => "datatypes";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["*/*"];

    public JsonElement? Aggregates => Definitions;

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        var json = RecordWriter.Object(context, static (json, context) =>
        {
            json.WriteString("media_type"u8, context.MediaType);
            json.WriteNumber("bytes"u8, context.ContentLength);
        });
        return new(
            new PluginResult
            {
                Records = [new PluginRecord(json)],
                Contributions = [new PluginContribution("datatypes", json)],
            });
    }
}
