namespace Tributary.Plugins.Exec;

/// <summary>The content as a file: the one that holds it anyway, or one of its own for as long as this is not disposed of.</summary>
internal sealed class ContentFile : IDisposable
{
    private readonly bool isOwn;

    private ContentFile(string path, bool isOwn)
    {
        // The program runs in its own folder: a relative path would lead nowhere there.
        Path = System.IO.Path.GetFullPath(path);
        this.isOwn = isOwn;
    }

    public string Path { get; }

    public static async ValueTask<ContentFile> OfAsync(PluginContext context, string folder, CancellationToken cancellation)
    {
        if (context.ContentPath is { } existing)
            return new ContentFile(existing, isOwn: false);

        Directory.CreateDirectory(folder);
        var file = new ContentFile(System.IO.Path.Combine(folder, $"content-{context.Message.Id}-{System.IO.Path.GetRandomFileName()}"), isOwn: true);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            // Only this user reads what others may have sent in confidence.
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
        if (isOwn)
            File.Delete(Path);
    }
}
