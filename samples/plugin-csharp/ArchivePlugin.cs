using System.IO.Compression;
using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Samples.PluginCsharp;

/// <summary>Lists the entries of ZIP archives and counts them by file extension.</summary>
public sealed class ArchivePlugin : IPlugin
{
    private const int MaxExtensionChars = 16;

    private static readonly JsonElement Definitions = JsonElement.Parse("""
        [{"name": "archive-entries",
          "group": [{"name": "extension", "pointer": "/extension"}],
          "measures": [
            {"name": "archives", "kind": "count"},
            {"name": "entries", "kind": "sum", "pointer": "/entries"},
            {"name": "bytes", "kind": "sum", "pointer": "/bytes"}]}]
        """u8);

    private int maxEntries = 1_000;

    public string Name => "archive";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["application/zip", "application/java-archive"];

    public JsonElement? Aggregates => Definitions;

    public ValueTask StartAsync(PluginSetup setup, CancellationToken cancellation)
    {
        if (setup.Configuration.TryGetProperty("max_entries", out var max))
            maxEntries =
                max.ValueKind == JsonValueKind.Number && max.TryGetInt32(out var count) && count > 0
                    ? count
                    : throw new FormatException($"max_entries: found {max}; allowed: a whole number above 0.");
        setup.Log($"lists at most {maxEntries} entries of an archive");
        return ValueTask.CompletedTask;
    }

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        using var content = context.OpenContent();
        try
        {
            using var archive = new ZipArchive(content, ZipArchiveMode.Read);
            return new(Describe(archive));
        }
        catch (InvalidDataException error)
        {
            throw new PluginException($"The archive cannot be read: {error.Message}", mayHelpToRetry: false, error);
        }
    }

    private PluginResult Describe(ZipArchive archive)
    {
        var files = archive.Entries.Where(static entry => entry.Name.Length > 0).ToList();
        var record = new
        {
            entries = files.Count,
            bytes = files.Sum(static file => file.Length),
            compressed_bytes = files.Sum(static file => file.CompressedLength),
            names = files.Take(maxEntries).Select(static file => file.FullName),
            is_complete = files.Count <= maxEntries,
        };
        var byExtension = files
            .GroupBy(static file => ExtensionOf(file.Name))
            .Select(static group => new
            {
                extension = group.Key,
                entries = group.Count(),
                bytes = group.Sum(static file => file.Length),
            })
            .Take(PluginResult.MaxContributionsCount);
        return new PluginResult
        {
            Records = [new PluginRecord(JsonSerializer.SerializeToUtf8Bytes(record))],
            Contributions =
            [
                .. byExtension.Select(static one => new PluginContribution(
                    "archive-entries", JsonSerializer.SerializeToUtf8Bytes(one))),
            ],
        };
    }

    private static string ExtensionOf(string name) =>
        Path.GetExtension(name).TrimStart('.').ToLowerInvariant() is { Length: > 0 and <= MaxExtensionChars } extension
            ? extension
            : "none";
}
