using System.Diagnostics;
using System.Globalization;

namespace Tributary.TestingHost;

/// <summary>
/// A file system of a few megabytes in memory, which a test can fill and free. Needs root's rights; disposal unmounts
/// it and so deletes its files.
/// </summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int ChunkBytes = 64 << 10;

    private readonly string filler;

    private SmallDisk(string path)
    {
        Path = path;
        filler = System.IO.Path.Combine(path, "filler");
    }

    public string Path { get; }

    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    /// <exception cref="InvalidOperationException">The file system cannot be mounted; the message says why.</exception>
    public static async Task<SmallDisk> MountAsync(long bytes)
    {
        var path = Directory.CreateTempSubdirectory("tributary-disk-").FullName;
        try
        {
            await RunAsync(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                string.Create(CultureInfo.InvariantCulture, $"size={bytes},mode=0777"),
                "tmpfs",
                path);
        }
        catch
        {
            Directory.Delete(path);
            throw;
        }

        return new SmallDisk(path);
    }

    /// <summary>Fills the disk except for <paramref name="leftBytes"/>.</summary>
    public void Fill(long leftBytes = 0)
    {
        using var file = new FileStream(filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var chunk = new byte[ChunkBytes];
        try
        {
            for (var left = FreeBytes - leftBytes; left > 0; left -= ChunkBytes)
                file.Write(chunk, 0, (int)Math.Min(left, ChunkBytes));
        }
        catch (IOException)
        {
            // Another process took the last bytes: the disk is full, as requested.
        }
    }

    /// <summary>Frees the room that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(filler);

    public async ValueTask DisposeAsync()
    {
        // A lazy unmount, because a process that is just ending may still hold a file.
        await RunAsync("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}: {errors}");
    }
}
