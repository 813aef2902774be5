using Microsoft.Win32.SafeHandles;

namespace Tributary.Connectors.Content.Disk;

/// <summary>
/// Opens regular files below a folder, and no others. It first gets a handle that names the file without opening it,
/// reads the file's real path and type from that handle, and then opens that same handle for reading. So links may
/// change at any moment in between: the file that is read is the file that was checked.
/// </summary>
internal sealed class ConfinedFolder(string root, Faults faults)
{
    private const int MaxLocationChars = 4096;
    private const string Allowed = "a path below the root folder, without '..'";

    // The errno values of a failed open.
    private const int NoPermission = 1, NoEntry = 2, NoAccess = 13, NoFolder = 20, NameTooLong = 36, TooManyLinks = 40;

    /// <param name="location">A path relative to the root folder, or an absolute path below it.</param>
    public FileStream Open(string location)
    {
        var path = Relative(location);
        using var folder = LinuxFiles.Open(null, root, LinuxFiles.PathOnly, out _)
            ?? throw faults.Unavailable(location, "the root folder is not there");
        using var named = LinuxFiles.Open(folder, path, LinuxFiles.PathOnly, out var error)
            ?? throw Fault(location, error);

        var realRoot = RealPath(folder, location);
        var below = realRoot == "/" ? realRoot : realRoot + "/";
        if (!RealPath(named, location).StartsWith(below, StringComparison.Ordinal))
            throw faults.Refused(location, "it leads out of the root folder");
        if (LinuxFiles.TypeOf(named) != LinuxFiles.RegularFile)
            throw faults.Refused(location, "it is no regular file");

        var handle = LinuxFiles.Open(null, LinuxFiles.LinkOf(named), LinuxFiles.Read, out error)
            ?? throw Fault(location, error);
        return new FileStream(handle, FileAccess.Read, bufferSize: 0);
    }

    private string Relative(string location)
    {
        if (location.Length is 0 or > MaxLocationChars)
            throw faults.Invalid(location, $"{location.Length} characters", $"1 to {MaxLocationChars}");
        if (location.Contains('\0'))
            throw faults.Invalid(location, "U+0000", Allowed);
        if (location.Split('/').Contains(".."))
            throw faults.Invalid(location, "'..'", Allowed);
        if (location[0] != '/')
            return location;

        var prefix = root == "/" ? root : root + "/";
        if (!location.StartsWith(prefix, StringComparison.Ordinal) || location.TrimEnd('/').Length <= root.Length)
            throw faults.Invalid(location, "a path that is not below the root folder", Allowed);
        return location[prefix.Length..].TrimStart('/');
    }

    private string RealPath(SafeFileHandle handle, string location) =>
        new FileInfo(LinuxFiles.LinkOf(handle)).LinkTarget
        ?? throw faults.Unavailable(location, "/proc is not mounted, and where it lies cannot be seen");

    private ConnectorException Fault(string location, int error) => error switch
    {
        NoEntry or NoFolder => faults.Missing(location, "there is no such file"),
        NoPermission or NoAccess => faults.Refused(location, "this process may not read it"),
        NameTooLong => faults.Refused(location, "its name is too long for the file system"),
        TooManyLinks => faults.Refused(location, "its links lead in a circle"),
        _ => faults.Unavailable(location, $"the file system answered with error {error}"),
    };
}
