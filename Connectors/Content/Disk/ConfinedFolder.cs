using Microsoft.Win32.SafeHandles;

namespace Tributary.Connectors.Content.Disk;

/// <summary>
/// Opens regular files below a folder, and no others. The file is first named without being opened; where it really
/// lies and what it is are read from that handle, and the same handle is then opened for reading. So links may be
/// exchanged at any moment in between: what is read is what was checked.
/// </summary>
internal sealed class ConfinedFolder(string root, Faults faults)
{
    private const int MaxLocationChars = 4096;
    private const string Allowed = "a path below the root folder, without '..'";

    // What a failed open says, by the number of its error.
    private const int NoPermission = 1, NoEntry = 2, NoAccess = 13, NoFolder = 20, NameTooLong = 36, TooManyLinks = 40;

    /// <param name="location">A path from the root folder, or an absolute one below it.</param>
    public FileStream Open(string location)
    {
        var path = Relative(location);
        using var folder = LinuxFiles.Open(null, root, LinuxFiles.PathOnly, out _)
            ?? throw faults.Unavailable(location, "the root folder is not there");
        using var named = LinuxFiles.Open(folder, path, LinuxFiles.PathOnly, out var error)
            ?? throw Fault(location, error);

        var realRoot = RealPath(folder, location);
        if (!RealPath(named, location).StartsWith(realRoot == "/" ? realRoot : realRoot + "/", StringComparison.Ordinal))
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
