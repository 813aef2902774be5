using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tributary.TestingHost.Postgres;

/// <summary>
/// A PostgreSQL server of one's own in a temporary folder, on a free port of the loopback address, with fsync on. It can be
/// stopped, killed and started again with what it has stored; disposal stops it and deletes everything.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const int StartTimeoutSeconds = 240;

    private readonly string binaries;
    private readonly string folder;
    private readonly int port;
    private int databases;

    private PostgresCluster(string binaries, string folder, int port)
    {
        this.binaries = binaries;
        this.folder = folder;
        this.port = port;
    }

    private string Data => Path.Combine(folder, "data");

    /// <summary>Makes and starts a server.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed or does not start; the message says why.</exception>
    public static async Task<PostgresCluster> StartNewAsync()
    {
        var cluster = new PostgresCluster(
            PostgresBinaries.Find(), Directory.CreateTempSubdirectory("tributary-postgres-").FullName, FreePort.Next());
        try
        {
            // The server refuses to run as root, and then runs as the user that its package made.
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", "postgres", cluster.folder);
            await cluster.RunServerProgramAsync("initdb", "-D", cluster.Data, "-U", "tributary", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string for Npgsql.</summary>
    public string ConnectionString(string database = "postgres") =>
        $"Host=127.0.0.1;Port={port};Username=tributary;Database={database}";

    /// <summary>Makes an empty database; returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public Task StartAsync() => RunServerProgramAsync(
        "pg_ctl", "-D", Data, "-w", "-t", StartTimeoutSeconds.ToString(CultureInfo.InvariantCulture), "-l", Path.Combine(folder, "log"),
        "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c max_connections=200", "start");

    /// <summary>Stops the server in order; open sessions are ended.</summary>
    public Task StopAsync() => RunServerProgramAsync("pg_ctl", "-D", Data, "-w", "-m", "fast", "stop");

    /// <summary>Ends the server as a power cut would: it recovers at the next start.</summary>
    public Task KillAsync() => RunServerProgramAsync("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Task RunServerProgramAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(binaries, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server that pg_ctl starts keeps its output open, so the output goes to files and not to pipes.
        var output = Path.GetTempFileName();
        try
        {
            var quoted = string.Join(' ', new[] { program }.Concat(arguments).Select(text => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
            var start = new ProcessStartInfo("/bin/sh", ["-c", $"{quoted} > '{output}' 2>&1"]) { WorkingDirectory = Path.GetTempPath() };
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"{Path.GetFileName(program)} ended with code {process.ExitCode}: {await File.ReadAllTextAsync(output)}");
            }
        }
        finally
        {
            File.Delete(output);
        }
    }
}
