using System.ComponentModel;
using System.Diagnostics;

namespace Tributary.Plugins.Exec;

/// <summary>One running program that takes one request at a time.</summary>
internal sealed class ExecWorker : IAsyncDisposable
{
    /// <summary>Lines of the error stream are cut at this length.</summary>
    private const int MaxErrorLineBytes = 4 << 10;

    // Every other variable of this process may hold a secret of the configuration.
    private static readonly string[] KeptVariables =
    [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "DOTNET_ROOT",
    ];

    /// <summary>How long to wait for the rest of the error stream after the program has ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly TimeProvider time;
    private readonly ProgramLines answers;
    private readonly Task errors;

    private ExecWorker(Process process, int maxLineBytes, TimeProvider time, Action<string> log)
    {
        this.time = time;
        this.process = process;
        answers = new ProgramLines(process.StandardOutput.BaseStream, maxLineBytes);
        errors = new ErrorEntries(
            new ProgramLines(process.StandardError.BaseStream, MaxErrorLineBytes), time, log).PumpAsync();
    }

    public int ProcessId => process.Id;

    /// <summary>False once the program has answered badly, was killed or has ended.</summary>
    public bool IsUsable => !IsBroken && !process.HasExited;

    private bool IsBroken { get; set; }

    /// <exception cref="TributaryException">
    /// <c>plugin_not_started</c>: the program does not exist or cannot run.
    /// </exception>
    public static ExecWorker Start(ExecSettings settings, string folder, TimeProvider time, Action<string> log)
    {
        var command = settings.Command.Contains(Path.DirectorySeparatorChar)
            ? Path.GetFullPath(Path.Combine(folder, settings.Command))
            : settings.Command;
        var start = new ProcessStartInfo(command, settings.Arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var kept = KeptVariables
            .Select(static name => (name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(static one => one.Value is not null)
            .ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
            start.Environment[name] = Absolute(name, value!);
        foreach (var (name, value) in settings.Environment)
            start.Environment[name] = value;
        try
        {
            return new ExecWorker(Process.Start(start)!, settings.MaxLineBytes, time, log);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            throw new TributaryException(
                "plugin_not_started",
                $"The program \"{settings.Command}\" cannot be run: {ErrorText.Line(error.Message)}.",
                error);
        }
    }

    /// <summary>
    /// Sends a request and waits for its answer, which is valid until the next request. Null when the
    /// program ended instead of answering.
    /// </summary>
    /// <param name="request">One line with its line break.</param>
    /// <exception cref="OperationCanceledException">The program was killed.</exception>
    /// <exception cref="InvalidDataException">The answer is too long; the program was killed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        // The program's end of the pipes closes with the program, so killing it ends the reads and writes as well.
        await using var registration = cancellation.UnsafeRegister(static worker => ((ExecWorker)worker!).Kill(), this);
        ReadOnlyMemory<byte>? answer = null;
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(request, cancellation);
            await process.StandardInput.BaseStream.FlushAsync(cancellation);
            answer = await answers.ReadAsync(cancellation);
        }
        catch (IOException)
        {
            // A broken pipe: the program has closed its input or ended.
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidDataException)
        {
            Kill();
            throw;
        }

        cancellation.ThrowIfCancellationRequested();
        if (answer is null)
            Kill();
        return answer;
    }

    /// <summary>Ends the program and every process that it started.</summary>
    public void Kill()
    {
        IsBroken = true;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // The program has ended by itself, or one of the processes that it started has.
        }
    }

    /// <summary>How the program ended, for people. Only for workers that are no longer usable.</summary>
    public async ValueTask<string> EndedAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        // An exit code of 128 plus a number means that a signal with that number ended the program.
        return process.ExitCode > 128 ? $"signal {process.ExitCode - 128}" : $"exit code {process.ExitCode}";
    }

    /// <summary>
    /// Closes the program's input, which asks it to end, and kills it after <paramref name="patience"/>.
    /// </summary>
    public async ValueTask DisposeAsync(TimeSpan patience)
    {
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(IsBroken ? TimeSpan.Zero : patience, time);
        }
        catch (Exception error) when (error is TimeoutException or IOException)
        {
            Kill();
        }

        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            Kill();
        // Waiting reaps the killed process: without it the system's process table keeps an entry.
        await process.WaitForExitAsync();
        try
        {
            await errors.WaitAsync(LastWords, time);
        }
        catch (TimeoutException)
        {
            // A process that the program has detached holds the error stream: closing our end stops the reading.
        }

        process.StandardError.Close();
        process.StandardOutput.Close();
        process.Dispose();
    }

    // A path relative to this process's folder becomes absolute, because the program runs in the plugin's folder.
    private static string Absolute(string name, string value) => name switch
    {
        "PATH" => string.Join(
            Path.PathSeparator, value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(Path.GetFullPath)),
        "HOME" or "TMPDIR" or "TEMP" or "TMP" or "DOTNET_ROOT" when value.Length > 0 => Path.GetFullPath(value),
        _ => value,
    };
}
