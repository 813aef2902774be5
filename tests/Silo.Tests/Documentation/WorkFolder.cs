using System.Globalization;
using Tributary.Silo.Tests.Pipeline;
using Tributary.TestingHost;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>
/// A folder as a reader has it who follows a page: the samples as they were checked out and built, the program
/// <c>tributary</c> on the path, default settings. Of the text of an example only two things are rewritten: the port
/// 8888 is a free one, and <c>dotnet run --project Silo</c> is the program that was built beside these tests.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> environment;

    public WorkFolder()
    {
        Port = FreePort.Next();
        environment = new()
        {
            ["TRIBUTARY__API__URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"),
            ["PATH"] = Path.Combine(folder.Path, "bin") + ":" + Environment.GetEnvironmentVariable("PATH"),
        };
        Directory.CreateDirectory(Path.Combine(folder.Path, "bin"));
        var program = Path.Combine(folder.Path, "bin", "tributary");
        File.WriteAllText(program,
            $"#!/bin/sh\nexec dotnet '{Executable.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Copy(Repository.Path("samples"), Path.Combine(folder.Path, "samples"));
    }

    public int Port { get; }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));

    public string PathOf(string name) => Path.Combine(folder.Path, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    /// <summary>Runs commands as they stand; returns what they print.</summary>
    public async Task<string> RunAsync(string commands)
    {
        using var shell = LoggedProcess.Start(
            "bash", ["-euo", "pipefail", "-c", Rewritten(commands)], environment, folder.Path);
        return await shell.EndsAsync(Patience);
    }

    /// <summary>Starts a command that goes on by itself.</summary>
    public LoggedProcess Begin(string command) =>
        LoggedProcess.Start("bash", ["-c", Rewritten(command)], environment, folder.Path);

    /// <summary>Starts a server by its command line and waits until it is ready.</summary>
    public async Task<DocumentedServer> StartAsync(string command) =>
        await DocumentedServer.StartAsync(Rewritten(command), environment, folder.Path, Address);

    public string Rewritten(string text) => text
        .Replace(":8888", string.Create(CultureInfo.InvariantCulture, $":{Port}"), StringComparison.Ordinal)
        .Replace("dotnet run --project Silo --", "tributary", StringComparison.Ordinal)
        .Replace("dotnet run --project Silo", "tributary", StringComparison.Ordinal);

    public void Dispose() => folder.Dispose();

    // What these tests were built with takes the place of what the pages build with -c Release.
    private static void Copy(string from, string to)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(from, file);
            if (relative.Contains("/obj/", StringComparison.Ordinal))
                continue;
            // Holds the whole program; its tests start it where it was built.
            if (relative.StartsWith("own-host/bin/", StringComparison.Ordinal))
                continue;
            if (relative.Contains("/bin/", StringComparison.Ordinal)
                && !relative.Contains($"/bin/{built}/", StringComparison.Ordinal))
                continue;
            var target = Path.Combine(
                to, relative.Replace($"/bin/{built}/", "/bin/Release/", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
