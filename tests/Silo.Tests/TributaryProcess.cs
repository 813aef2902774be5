using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tributary.Silo.Tests;

/// <summary>
/// The built executable as a process of its own, on a free port of the loopback address, with its data in a temporary
/// folder that outlives a restart and goes with the fixture.
/// </summary>
public sealed class TributaryProcess : ITributaryServer, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-test-");
    private readonly StringBuilder output = new();
    private readonly bool isDemo;
    private readonly string[] arguments;
    private Process? process;

    private TributaryProcess(bool isDemo, int port, string[] arguments)
    {
        this.isDemo = isDemo;
        this.arguments = arguments;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    public Uri Address { get; }

    /// <summary>Starts a server and waits until it is ready; with <paramref name="isDemo"/> it loads the demo's earthquakes.</summary>
    public static async Task<TributaryProcess> StartNewAsync(bool isDemo, CancellationToken cancellation, params string[] arguments)
    {
        var server = new TributaryProcess(isDemo, FreePort(), arguments);
        try
        {
            await server.StartAsync(cancellation);
            return server;
        }
        catch
        {
            // Nobody else knows of it yet.
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on its old port and data, and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            // The data lies under ./data unless a configuration says otherwise.
            WorkingDirectory = folder.FullName, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tributary.dll"));
        start.ArgumentList.Add("--listen");
        start.ArgumentList.Add(Address.GetLeftPart(UriPartial.Authority));
        if (isDemo)
            start.ArgumentList.Add("--demo");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitUntilReadyAsync(cancellation);
    }

    /// <summary>Asks the server to stop, as a service manager would, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (process is null)
            return;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StopLimit);
        using (var signal = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await signal.WaitForExitAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        ExitCode = process.ExitCode;
        process.Dispose();
        process = null;
    }

    /// <summary>Where its embedded database is.</summary>
    public string DataFolder => Path.Combine(folder.FullName, "data");

    /// <summary>The exit code of the last stop.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Ends the server as a crash does: nothing of it runs any further.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Waits until the output holds the text.</summary>
    public async Task WaitForOutputAsync(string text, CancellationToken cancellation)
    {
        while (!Output.Contains(text, StringComparison.Ordinal))
            await Task.Delay(20, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (process!.HasExited)
                throw new InvalidOperationException($"The server ended with {process.ExitCode} while it started:\n{Output}");

            try
            {
                using var answer = await http.GetAsync(new Uri(Address, "health/ready"), limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK && (!isDemo || Output.Contains("were there already", StringComparison.Ordinal)))
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"The server was not ready within {StartLimit.TotalSeconds} s:\n{Output}", slow);
            }

            // A process of its own has no signal to wait for: its readiness is asked for until the limit.
            await Task.Delay(50, cancellation);
        }
    }

    /// <summary>Everything that the server has printed.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    private void Keep(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
