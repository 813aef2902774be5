namespace Tributary.TestingHost.Postgres;

/// <summary>Finds the programs of a PostgreSQL server: on the search path, or in Debian's folder for them.</summary>
internal static class PostgresBinaries
{
    private const string DebianRoot = "/usr/lib/postgresql";

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>The folder with all of them.</summary>
    /// <exception cref="InvalidOperationException">
    /// The programs are missing; the message says what to install.
    /// </exception>
    public static string Find()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var debian = Directory.Exists(DebianRoot)
            ? Directory
                .GetDirectories(DebianRoot)
                .OrderByDescending(Version)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return onPath
            .Concat(debian)
            .FirstOrDefault(folder => Programs.All(program => File.Exists(Path.Combine(folder, program))))
            ?? throw new InvalidOperationException(
                $"PostgreSQL's server programs were not found on the PATH nor under {DebianRoot}. Install PostgreSQL "
                + "15 or newer: on Debian 'apt-get install postgresql'.");
    }

    private static int Version(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;
}
