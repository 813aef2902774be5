using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tributary.Silo.Tests;

/// <summary>One life of the built executable, with everything that it writes.</summary>
internal sealed class Executable : IDisposable
{
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Process process;

    /// <param name="network">The network namespace that it runs in; null for that of the test.</param>
    public Executable(
        string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        string before = "", string? network = null)
    {
        output.Append(before);
        // The command becomes the program, so that its signals go to the program.
        var start = new ProcessStartInfo(network is null ? "dotnet" : "ip")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (network is not null)
        {
            foreach (var word in (string[])["netns", "exec", network, "dotnet"])
                start.ArgumentList.Add(word);
        }

        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data, output);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, output, errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>
    /// The program that runs: the one built beside the tests. <c>TRIBUTARY_PROGRAM</c> names another one, such as the
    /// published program, whose code is compiled before it starts.
    /// </summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("TRIBUTARY_PROGRAM") is { Length: > 0 } file ? file
        : Path.Combine(AppContext.BaseDirectory, "tributary.dll");

    public bool HasExited => process.HasExited;

    /// <summary>Both outputs, as they came.</summary>
    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>Runs the program to its end; returns its exit code and what it wrote to standard error.</summary>
    public static async Task<(int ExitCode, string Errors, string Output)> RunAsync(
        string folder,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellation)
    {
        using var run = new Executable(folder, arguments, environment);
        try
        {
            var code = await run.WaitForExitAsync(TimeSpan.FromMinutes(6), cancellation);
            return (code, run.Errors, run.Output);
        }
        finally
        {
            if (!run.HasExited)
                run.Kill();
        }
    }

    public void Kill() => process.Kill();

    public async Task SignalAsync(string signal, CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
    }

    /// <summary>Leaves the process this many descriptors above the highest that it uses now.</summary>
    public async Task LimitDescriptorsAsync(int moreCount, CancellationToken cancellation)
    {
        // Descriptors are given out from below: the limit is on their numbers. Only the soft limit can be raised again.
        var highest = Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/fd")
            .Max(static one => int.Parse(Path.GetFileName(one), CultureInfo.InvariantCulture));
        var limit = (highest + moreCount).ToString(CultureInfo.InvariantCulture);
        var pid = process.Id.ToString(CultureInfo.InvariantCulture);
        using var setting = Process.Start("prlimit", ["--pid", pid, $"--nofile={limit}:"]);
        await setting.WaitForExitAsync(cancellation);
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        either.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The program did not end within {limit.TotalSeconds} s:\n{Output}", slow);
        }
    }

    public void Dispose() => process.Dispose();

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static void Keep(string? line, params ReadOnlySpan<StringBuilder> all)
    {
        if (line is null)
            return;
        foreach (var text in all)
        {
            lock (text)
                text.AppendLine(line);
        }
    }
}
