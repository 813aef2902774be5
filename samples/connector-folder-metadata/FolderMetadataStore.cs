using System.Text.Json;
using Tributary.Connectors;
using Tributary.Connectors.Configuration;

namespace FolderMetadata;

/// <summary>
/// <c>folder</c>: metadata in JSON files beside the content. The metadata of
/// <c>scans/7.tif</c> is in <c>scans/7.tif.json</c>.
/// </summary>
public sealed class FolderMetadataStoreFactory : IMetadataStoreFactory
{
    public string Type => "folder";

    public IMetadataStore? Create(ConfigField config, ConnectorServices services)
    {
        const string RootAllowed = "the folder that the files lie in";
        var section = config.Section("type", "root", "suffix");
        var suffix = section["suffix"].Text("what is added to a file's name") ?? ".json";
        var root = section["root"].Text(RootAllowed);
        if (!section["root"].IsSet)
            section["root"].Fail("nothing", RootAllowed);
        return root is null || config.ErrorCount > 0
            ? null
            : new FolderMetadataStore(Path.GetFullPath(root, services.BaseFolder), suffix);
    }
}

internal sealed class FolderMetadataStore(string root, string suffix) : IMetadataStore
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation)
    {
        var path = Locate(location);
        try
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
                throw Refused($"{location}{suffix} has {file.Length} bytes; allowed: at most {MaxBytes}.");
            var json = new byte[file.Length];
            await file.ReadExactlyAsync(json, cancellation);
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? json
                : throw Refused($"{location}{suffix} holds another JSON text; allowed: an object.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConnectorException(
                ConnectorFault.Missing, "metadata_missing", $"There is no {location}{suffix}.");
        }
        catch (JsonException error)
        {
            throw new ConnectorException(
                ConnectorFault.Refused, "metadata_invalid", $"{location}{suffix} holds no JSON; allowed: an object.",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConnectorException(
                ConnectorFault.Unavailable, "metadata_unavailable", $"{location}{suffix} cannot be read now.", error);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Locations come with messages from any sender, so no part of the path may lead out of the root.
    private string Locate(string location)
    {
        var path = root;
        foreach (var name in (location + suffix).Split('/'))
        {
            if (name is "" or "." or ".." || name.Contains('\0'))
                throw Refused("The location leads elsewhere; allowed: paths below the root folder.");
            path = Path.Combine(path, name);
            if (new FileInfo(path).LinkTarget is not null)
                throw Refused($"{name} is a link; allowed: files and folders.");
        }

        return path;
    }

    private static ConnectorException Refused(string message) =>
        new(ConnectorFault.Refused, "metadata_refused", message);
}
