using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Tributary.TestingHost;

/// <summary>A program that a test runs. Its output is kept and can be waited for; the test ends it by its id.</summary>
public sealed class LoggedProcess : IDisposable
{
    private const int MaxKeptChars = 1_000_000;

    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly List<(string Text, TaskCompletionSource Heard)> awaited = [];

    private LoggedProcess(Process process) => this.process = process;

    /// <summary>Its standard output and error output so far.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <exception cref="InvalidOperationException">The program does not exist.</exception>
    public static LoggedProcess Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var logged = new LoggedProcess(new Process { StartInfo = start });
        logged.process.OutputDataReceived += (_, line) => logged.Hear(line.Data);
        logged.process.ErrorDataReceived += (_, line) => logged.Hear(line.Data);
        try
        {
            logged.process.Start();
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} does not start: {missing.Message}", missing);
        }

        logged.process.BeginOutputReadLine();
        logged.process.BeginErrorReadLine();
        return logged;
    }

    /// <summary>Waits for a line of output with this text.</summary>
    /// <exception cref="InvalidOperationException">
    /// The program ended first, or took too long; the message has its output.
    /// </exception>
    public async Task SaysAsync(string text, TimeSpan timeout)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (said)
        {
            if (said.ToString().Contains(text, StringComparison.Ordinal))
                return;
            awaited.Add((text, heard));
        }

        using var limit = new CancellationTokenSource(timeout);
        var ended = process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(heard.Task, ended) != heard.Task && !heard.Task.IsCompleted)
            throw new InvalidOperationException(
                $"{process.StartInfo.FileName} {(ended.IsCanceled ? "took too long" : "ended")} before it said "
                + $"\"{text}\". It said: {Said}");
    }

    /// <summary>Waits for the end of the program; returns its output.</summary>
    /// <exception cref="InvalidOperationException">The program failed or took too long.</exception>
    public async Task<string> EndsAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            await KillAsync();
            throw new InvalidOperationException($"{process.StartInfo.FileName} took too long. It said: {Said}", late);
        }

        return process.ExitCode == 0
            ? Said
            : throw new InvalidOperationException(
                $"{process.StartInfo.FileName} ended with code {process.ExitCode}: {Said}");
    }

    /// <summary>Asks the program to end (SIGTERM), and kills it after <paramref name="timeout"/>.</summary>
    public async Task TerminateAsync(TimeSpan timeout)
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(timeout);
            await process.WaitForExitAsync(limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await KillAsync();
    }

    /// <summary>Kills this process, but not the processes that it has started.</summary>
    public async Task KillAloneAsync()
    {
        process.Kill();
        // Processes left behind may hold the outputs open, so this waits for the process alone.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!process.HasExited)
            await Task.Delay(10, limit.Token);
    }

    public async Task KillAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public void Dispose() => process.Dispose();

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (said)
        {
            if (said.Length < MaxKeptChars)
                said.Append(line).Append('\n');
            foreach (var (_, heard) in awaited.Where(wish => line.Contains(wish.Text, StringComparison.Ordinal)))
                heard.TrySetResult();
        }
    }
}
