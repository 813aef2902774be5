using System.ComponentModel;
using System.Diagnostics;

namespace Tributary.Plugins.Exec;

/// <summary>One running program that takes one request at a time.</summary>
internal sealed class ExecWorker : IAsyncDisposable
{
    /// <summary>What a program says on its error stream is cut into lines of at most this length.</summary>
    private const int MaxErrorLineBytes = 4 << 10;

    // Other variables of this process may hold secrets of the configuration.
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

    /// <summary>How long the last words of a program that has ended are waited for.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly TimeProvider time;
    private readonly LineReader answers;
    private readonly Task errors;

    private ExecWorker(Process process, int maxLineBytes, TimeProvider time, Action<string> log)
    {
        this.time = time;
        this.process = process;
        answers = new LineReader(process.StandardOutput.BaseStream, maxLineBytes);
        errors = new ErrorEntries(
            new LineReader(process.StandardError.BaseStream, MaxErrorLineBytes), time, log).PumpAsync();
    }

    public int ProcessId => process.Id;

    /// <summary>False once it has answered badly, was killed or has ended.</summary>
    public bool IsUsable => !IsBroken && !process.HasExited;

    private bool IsBroken { get; set; }

    /// <exception cref="TributaryException">
    /// <c>plugin_not_started</c>: there is no such program, or it cannot be run.
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
    /// Sends a request and waits for its answer, which is valid until the next request; null when the program ended
    /// instead.
    /// </summary>
    /// <param name="request">One line with its end.</param>
    /// <exception cref="OperationCanceledException">The program was killed.</exception>
    /// <exception cref="InvalidDataException">The answer is too long; the program was killed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        // The other end of the pipes closes with the program, so that killing it ends the reading and writing as well.
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

    /// <summary>Ends the program and all that it started.</summary>
    public void Kill()
    {
        IsBroken = true;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or some of what it started has.
        }
    }

    /// <summary>How it ended, for people. For workers that are not usable any more.</summary>
    public async ValueTask<string> EndedAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        // 128 and the signal's number is how programs that were ended by a signal are reported.
        return process.ExitCode > 128 ? $"signal {process.ExitCode - 128}" : $"exit code {process.ExitCode}";
    }

    /// <summary>Closes the program's input, which asks it to end; kills it when it has not ended in time.</summary>
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
        // Waiting for it is what takes a killed program off the system's list.
        await process.WaitForExitAsync();
        try
        {
            await errors.WaitAsync(LastWords, time);
        }
        catch (TimeoutException)
        {
            // Something that the program has detached holds its error stream: closing our end ends the reading.
        }

        process.StandardError.Close();
        process.StandardOutput.Close();
        process.Dispose();
    }

    // What is relative to this process's folder is made absolute: the program runs in the plugin's.
    private static string Absolute(string name, string value) => name switch
    {
        "PATH" => string.Join(
            Path.PathSeparator, value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(Path.GetFullPath)),
        "HOME" or "TMPDIR" or "TEMP" or "TMP" or "DOTNET_ROOT" when value.Length > 0 => Path.GetFullPath(value),
        _ => value,
    };
}
