using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>
/// Finds contents that occur more than once, by their SHA-256. Of each content: how many messages and how many items
/// refer to it, and the bytes of all of them; the bytes wasted are <c>bytes - size</c>.
/// </summary>
public sealed class DuplicatesPlugin : IPlugin
{
    private static readonly JsonElement Definitions = JsonElement.Parse("""
        [{"name": "duplicates",
          "group": [{"name": "sha256", "pointer": "/sha256"}],
          "measures": [
            {"name": "count", "kind": "count"},
            {"name": "items", "kind": "distinct", "pointer": "/item"},
            {"name": "bytes", "kind": "sum", "pointer": "/bytes"},
            {"name": "size", "kind": "max", "pointer": "/bytes"}]}]
        """u8);

    public string Name => "duplicates";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["*/*"];

    public JsonElement? Aggregates => Definitions;

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        var record = RecordWriter.Object(context, static (json, context) => Write(json, context));
        var contribution = RecordWriter.Object(context, static (json, context) =>
        {
            Write(json, context);
            json.WriteString("item"u8, context.Message.Item);
        });
        return new(
            new PluginResult
            {
                Records = [new PluginRecord(record)],
                Contributions = [new PluginContribution("duplicates", contribution)],
            });
    }

    private static void Write(Utf8JsonWriter json, PluginContext context)
    {
        json.WriteString("sha256"u8, context.ContentSha256);
        json.WriteNumber("bytes"u8, context.ContentLength);
    }
}
