using System.Diagnostics;
using System.Text;

namespace Tributary.TestingHost.Redis;

/// <summary>
/// A private Redis server on a free port of the loopback address, with its data in a temporary folder. It can be
/// stopped and restarted with its stored data; disposal ends it and deletes everything.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int StartTimeoutSeconds = 120;

    private readonly string folder = Directory.CreateTempSubdirectory("tributary-redis-").FullName;
    private readonly string[] options;
    private Process? process;

    private RedisServer(string[] options) => this.options = options;

    public int Port { get; } = FreePort.Next();

    /// <summary>Creates and starts a server.</summary>
    /// <param name="options">Options of redis-server, such as <c>--requirepass</c> and its value.</param>
    /// <exception cref="InvalidOperationException">
    /// Redis is not installed or does not start; the message says why.
    /// </exception>
    public static async Task<RedisServer> StartNewAsync(params string[] options)
    {
        var server = new RedisServer(options);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server and waits until it accepts connections.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        foreach (var option in (string[])
                [
                    "--port",
                    $"{Port}",
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    folder,
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--save",
                    "",
                    .. options,
                ])
            start.ArgumentList.Add(option);
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException(
                "redis-server was not found on the PATH: on Debian 'apt-get install redis-server'.", error);
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(StartTimeoutSeconds));
        var log = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            log.AppendLine(line);
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal))
                continue;

            // Later output is read and dropped, because a full pipe would stop the server.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }

        throw new InvalidOperationException($"redis-server ended: {log}");
    }

    /// <summary>Stops the server; all acknowledged writes are stored.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running)
            return;
        process = null;
        running.Kill();
        await running.WaitForExitAsync();
        running.Dispose();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Suspends the server: it keeps its connections and answers nothing until it is resumed.</summary>
    public Task SuspendAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Runs one command with redis-cli, each argument in UTF-8; returns its output.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, UseShellExecute = false };
        var password = Array.IndexOf(options, "--requirepass");
        string[] access = password < 0 ? [] : ["-a", options[password + 1], "--no-auth-warning"];
        foreach (var argument in (string[])["-p", $"{Port}", .. access, .. command])
            start.ArgumentList.Add(argument);
        using var client = Process.Start(start)!;
        var output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        if (client.ExitCode != 0)
            throw new InvalidOperationException($"redis-cli ended with code {client.ExitCode}: {output}");
        return output.TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
