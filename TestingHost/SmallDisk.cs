using System.Diagnostics;
using System.Globalization;

namespace Tributary.TestingHost;

/// <summary>
/// A file system of a few megabytes in memory, which a test fills and frees again. Needs the rights of root; disposal
/// unmounts it, and with it goes all it held.
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

    /// <exception cref="InvalidOperationException">It cannot be mounted; the message says why.</exception>
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

    /// <summary>Takes all that is free but <paramref name="leftBytes"/>.</summary>
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
            // Somebody else took the last bytes: it is full, as was asked for.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(filler);

    public async ValueTask DisposeAsync()
    {
        // Lazily, for a process that is just ending may still hold a file.
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
