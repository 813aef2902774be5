using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tributary.Tests.Shared;

/// <summary>
/// What every run of a test program has: one seed, and one folder for all temporary files of the tests and of what they
/// start. A watchdog outlives the run, however it ends: it ends the processes that the run has left and deletes its
/// folder.
/// </summary>
internal static class TestRun
{
    /// <summary>Repeats a run whose chance was drawn from the same seed.</summary>
    public const string SeedVariable = "TRIBUTARY_SEED";

    private const string Prefix = "tributary-tests-";
    private const int MaxSeed = 1_000_000_000;

    private static Process? watchdog;

    /// <summary>Where everything random of this run begins.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
        ? given
        : Random.Shared.Next(MaxSeed);

    /// <summary>The temporary folder of this run.</summary>
    public static string Folder { get; private set; } = "";

    /// <summary>How a failing test says which run it was.</summary>
    public static string Repeat => string.Create(CultureInfo.InvariantCulture, $"{SeedVariable}={Seed} repeats it");

    [ModuleInitializer]
    internal static void Begin()
    {
        Console.Error.WriteLine($"The seed of this run is {Seed}: {Repeat}.");
        if (!OperatingSystem.IsLinux())
            return;

        // A run that another run has started has its folder beside that one's: sockets have short names only.
        var parent = Path.GetFullPath(Path.GetTempPath()).TrimEnd('/');
        if (Path.GetFileName(parent).StartsWith(Prefix, StringComparison.Ordinal))
            parent = Path.GetDirectoryName(parent)!;
        Folder = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{Random.Shared.Next(0x10000):x4}");
        // Servers that run as another user go through this folder to theirs.
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Folder, Own | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Watch();
        // From here on temporary files of this process and of all that it starts are in the folder, and say whose
        // they are.
        Environment.SetEnvironmentVariable("TMPDIR", Folder);
    }

    private static void Watch()
    {
        // In a session of its own, so that what ends the run from outside does not end the watchdog too.
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Remove("TMPDIR");
        watchdog = Process.Start(start)!;
        watchdog.StandardInput.WriteLine(Folder);
        watchdog.StandardInput.Flush();
        // The pipe stays open for as long as this process lives, and closes however it ends.
    }

    /// <summary>
    /// A process belongs to a run when its folder of work, its command or its variables name the run's folder.
    /// Neither the watchdog's command nor its variables do: it reads the name from the pipe.
    /// </summary>
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        clean() {
          rounds=0
          while [ $rounds -lt 100 ]; do
            rounds=$((rounds + 1))
            left=$({
              printf '%s\n' "$1" | grep -laF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline
              find /proc/[0-9]* -maxdepth 1 -name cwd -lname "$1*"
            } | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -u)
            [ -z "$left" ] && break
            kill -9 $left
            sleep 0.1
          done
          # A file system that the run has mounted goes first.
          awk -v inside="$1/" 'index($2, inside) == 1 { print $2 }' /proc/mounts | sort -r |
            while read -r place; do umount -l "$place"; done
          # So do the networks that it has made for its servers.
          owner=${1##*/tributary-tests-}
          ip netns list | sed -n "s/^\(tributary-${owner%%-*}-[^ ]*\).*/\1/p" | xargs -r -n 1 ip netns del
          rm -rf "$1"
        }
        read -r folder || exit
        # Runs that ended together with their watchdogs have left theirs to us.
        for other in "${folder%/*}"/tributary-tests-*; do
          [ -d "$other" ] || continue
          owner=${other##*/tributary-tests-}
          [ -d "/proc/${owner%%-*}" ] || clean "$other"
        done
        while read -r _; do :; done
        clean "$folder"
        """;
}
