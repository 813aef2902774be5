using Tributary.Connectors.Configuration;
using Tributary.Connectors.Content.Disk;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Content;

/// <summary><c>disk</c>: files below a root folder. Locations are relative to the root folder, or absolute.</summary>
public sealed class DiskContentStoreFactory : IContentStoreFactory
{
    private const string RootAllowed =
        "the folder that content lies in; / for every file of this machine that the process may read";

    public string Type => "disk";

    public IContentStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section("type", "root", "path");
        var root = section.Either("root", "path").Required(RootAllowed);
        if (!OperatingSystem.IsLinux())
            section["type"]
                .Fail("disk on another system than Linux", "Linux, whose /proc shows where an open file lies");
        return root is null || config.ErrorCount > 0
            ? null
            : new DiskContentStore(
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(root, services.BaseFolder)), services.Time);
    }
}

internal sealed class DiskContentStore(string root, TimeProvider time) : IContentStore
{
    private static readonly Faults Faults = new("content", "disk");

    // No limit in practice for a local file; a file on a network file system that stalls is given up.
    private static readonly StoreLimits Limits = new(
        TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1));

    private readonly ConfinedFolder folder = new(root, Faults);

    public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var file = folder.Open(location);
            var length = file.Length;
            return ValueTask.FromResult(
                new ContentSource(new StoreStream(file, null, length, location, Faults, Limits, time), length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Unavailable(location, "the file system does not answer well", error);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
