using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tributary.TestingHost;

namespace Tributary.Silo.Tests;

/// <summary>
/// The built executable as a process of its own, on a free port of the loopback address, with its data in a temporary
/// folder that outlives a restart and goes with the fixture.
/// </summary>
public sealed class TributaryProcess : ITributaryServer, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(6);

    private readonly DirectoryInfo folder;
    private readonly string[] arguments;
    private readonly Dictionary<string, string>? environment;
    private readonly string? network;
    private Executable? process;

    private TributaryProcess(
        string[] arguments, Dictionary<string, string>? environment, string? root, Machine? machine = null)
    {
        network = machine?.Network;
        folder = root is null
            ? Directory.CreateTempSubdirectory("tributary-process-")
            : Directory.CreateDirectory(Path.Combine(root, Path.GetRandomFileName()));
        this.environment = environment;
        var host = machine?.Address ?? IPAddress.Loopback;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{FreePort.Next()}/"));
        this.arguments = ["--urls", Address.GetLeftPart(UriPartial.Authority), "--data", DataDirectory, .. arguments];
    }

    /// <summary>A network namespace, as if it were another machine, and the address of that machine.</summary>
    public sealed record Machine(string Network, IPAddress Address);

    public Uri Address { get; }

    public string DataDirectory => Path.Combine(folder.FullName, "data");

    /// <summary>True when it has ended, by itself or not.</summary>
    public bool HasExited => process is { HasExited: true };

    /// <summary>What this life wrote to standard error.</summary>
    public string Errors => process!.Errors;

    /// <summary>What this and earlier lives of the server wrote.</summary>
    public string Output => process?.Output ?? "";

    /// <summary>
    /// Starts a server and waits until it is ready; with <paramref name="isDemo"/> it loads the demo's earthquakes.
    /// </summary>
    public static Task<TributaryProcess> StartNewAsync(bool isDemo, CancellationToken cancellation) =>
        StartNewAsync(environment: null, isDemo ? ["--demo"] : [], cancellation);

    /// <summary>Starts a server with options and variables of its own and waits until it is ready.</summary>
    /// <param name="root">Where its folder is made; null for the folder of temporary files.</param>
    public static async Task<TributaryProcess> StartNewAsync(
        Dictionary<string, string>? environment,
        string[] arguments,
        CancellationToken cancellation,
        string? root = null)
    {
        var server = new TributaryProcess(arguments, environment, root);
        try
        {
            await server.StartAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server with options and variables of its own, which need not become ready.</summary>
    /// <param name="machine">Where it runs; null for the loopback address of this machine.</param>
    public static TributaryProcess LaunchNew(
        Dictionary<string, string>? environment, string[] arguments, Machine? machine = null)
    {
        var server = new TributaryProcess(arguments, environment, root: null, machine);
        server.Launch();
        return server;
    }

    /// <summary>Starts the server on its old port and data, and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Launch();
        await WaitUntilReadyAsync(cancellation);
    }

    /// <summary>Starts the server on its old port and data; it may end before it is ready.</summary>
    public void Launch()
    {
        var before = process?.Output ?? "";
        process?.Dispose();
        process = new Executable(folder.FullName, arguments, environment, before, network);
    }

    /// <summary>
    /// Asks the server to stop, as a service manager would, and waits until it has. Returns its exit code.
    /// </summary>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        await SignalAsync("TERM", cancellation);
        return await WaitForExitAsync(cancellation);
    }

    /// <summary>Ends the server as a crash would: nothing is finished.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        process!.Kill();
        await WaitForExitAsync(cancellation);
    }

    public Task SignalAsync(string signal, CancellationToken cancellation) =>
        process!.SignalAsync(signal, cancellation);

    /// <summary>From now on the process may open only so many files and sockets more.</summary>
    public Task LimitDescriptorsAsync(int moreCount, CancellationToken cancellation) =>
        process!.LimitDescriptorsAsync(moreCount, cancellation);

    public Task<int> WaitForExitAsync(CancellationToken cancellation) =>
        process!.WaitForExitAsync(StopLimit, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync(StopLimit, CancellationToken.None);
        }

        process?.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Waits until the server is ready.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!await IsReadyAsync(http, limit.Token))
            {
                if (process!.HasExited)
                    throw new InvalidOperationException($"The server ended while it started:\n{Output}");
                // A process of its own has no signal to wait for: its readiness is asked for until the limit.
                await Task.Delay(25, limit.Token);
            }
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The server was not ready within {StartLimit.TotalSeconds} s:\n{Output}", slow);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "health/ready"), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or SocketException)
        {
            // Not listening yet. A connection that is lost the moment it is made ends with the error of its socket.
            return false;
        }
    }
}
