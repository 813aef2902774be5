using Tributary.Connectors;

namespace Tributary.Plugins.Exec;

/// <summary>The content as a file: the file that holds it already, or a temporary one that disposal deletes.</summary>
internal sealed class ContentFile : IDisposable
{
    private readonly bool isOwn;
    private readonly IDisposable? room;

    private ContentFile(string path, bool isOwn, IDisposable? room = null)
    {
        // The program runs in its own folder, where a relative path would lead nowhere.
        Path = System.IO.Path.GetFullPath(path);
        this.isOwn = isOwn;
        this.room = room;
    }

    public string Path { get; }

    /// <exception cref="PluginException">There is no room for a file.</exception>
    public static async ValueTask<ContentFile> OfAsync(
        PluginContext context, ExecServices services, CancellationToken cancellation)
    {
        if (context.ContentPath is { } existing)
            return new ContentFile(existing, isOwn: false);

        var reserved = Reserve(context.ContentLength, services);
        var name = $"content-{context.Message.Id}-{System.IO.Path.GetRandomFileName()}";
        var file = new ContentFile(System.IO.Path.Combine(services.TempFolder, name), isOwn: true, reserved);
        try
        {
            Directory.CreateDirectory(services.TempFolder);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            // Only this user may read the file: the content may be confidential.
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var target = new FileStream(file.Path, options);
            await using var content = context.OpenContent();
            await content.CopyToAsync(target, cancellation);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (isOwn && File.Exists(Path))
            File.Delete(Path);
        room?.Dispose();
    }

    private static IDisposable? Reserve(long bytes, ExecServices services)
    {
        try
        {
            return services.Reserve?.Invoke(bytes);
        }
        catch (ConnectorException full)
        {
            throw new PluginException(
                $"{full.Code}: {full.Message}", mayHelpToRetry: full.Fault != ConnectorFault.Refused, full);
        }
    }
}
