using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tributary.Connectors.Content.Disk;

/// <summary>
/// The system calls to inspect a file before it is opened. The numbers are those of Linux on all its 64-bit platforms.
/// </summary>
internal static partial class LinuxFiles
{
    /// <summary>Flags for a handle that names a file without opening it: a device or pipe notices nothing.</summary>
    public const int PathOnly = 0x200000 | CloseOnExec;

    /// <summary>Flags to read, without waiting for the other end of a pipe.</summary>
    public const int Read = NonBlocking | NoTerminal | CloseOnExec;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NoTerminal = 0x100;
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint TypeWanted = 1;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;

    public const int RegularFile = 0x8000;
    public const int Folder = 0x4000;

    /// <returns>Null, and errno in <paramref name="error"/>, when the file cannot be opened.</returns>
    public static SafeFileHandle? Open(SafeFileHandle? folder, string path, int flags, out int error)
    {
        var isAdded = false;
        try
        {
            folder?.DangerousAddRef(ref isAdded);
            var handle = OpenAt(folder is null ? CurrentFolder : (int)folder.DangerousGetHandle(), path, flags);
            error = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
            return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
        }
        finally
        {
            if (isAdded)
                folder!.DangerousRelease();
        }
    }

    /// <summary>The type of the file that a handle names, from its mode.</summary>
    public static unsafe int TypeOf(SafeFileHandle handle)
    {
        var result = stackalloc byte[StatxBytes];
        return Statx(handle, "", EmptyPath, TypeWanted, result) == 0 ? *(ushort*)(result + ModeOffset) & TypeMask : 0;
    }

    /// <summary>The path under which the kernel shows an open handle.</summary>
    public static string LinkOf(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenAt(int folder, string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, byte* result);
}
