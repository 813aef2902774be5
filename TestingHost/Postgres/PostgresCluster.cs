using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;

namespace Tributary.TestingHost.Postgres;

/// <summary>
/// A private PostgreSQL server in a temporary folder, on a free port of the loopback address, with fsync on. It can be
/// stopped, killed and restarted with its stored data; disposal stops it and deletes everything.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const int StartTimeoutSeconds = 240;

    private readonly string binaries;
    private readonly string folder;
    private readonly int port;
    private int databases;

    private readonly string? logFolder;
    private readonly string address;

    private PostgresCluster(string binaries, string folder, int port, string? logFolder, IPAddress address)
    {
        this.logFolder = logFolder;
        this.address = address.ToString();
        this.binaries = binaries;
        this.folder = folder;
        this.port = port;
    }

    private string Data => Path.Combine(folder, "data");

    /// <inheritdoc cref="StartNewAsync(string?, IPAddress?)"/>
    public static Task<PostgresCluster> StartNewAsync() => StartNewAsync(logFolder: null);

    /// <summary>Creates and starts a server.</summary>
    /// <param name="logFolder">The folder for the write-ahead log, in small segments; null for the data folder.</param>
    /// <param name="address">
    /// An address of this machine that it listens on, and lets everybody in from; null for the loopback address.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// PostgreSQL is not installed or does not start; the message says why.
    /// </exception>
    public static async Task<PostgresCluster> StartNewAsync(string? logFolder, IPAddress? address = null)
    {
        var cluster = new PostgresCluster(
            PostgresBinaries.Find(),
            Directory.CreateTempSubdirectory("tributary-postgres-").FullName,
            FreePort.Next(),
            logFolder,
            address ?? IPAddress.Loopback);
        try
        {
            // The server refuses to run as root, so it runs as the user that its package created.
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", ["postgres", cluster.folder, .. logFolder is null ? [] : new[] { logFolder }]);
            string[] log = logFolder is null ? [] : ["--waldir", logFolder, "--wal-segsize=1"];
            await cluster.RunServerProgramAsync(
                "initdb",
                ["-D", cluster.Data, "-U", "tributary", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", .. log]
            );
            if (address is not null)
                await cluster.LetInAsync();
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
        $"Host={address};Port={port};Username=tributary;Database={database}";

    /// <summary>Creates an empty database; returns its connection string.</summary>
    /// <param name="folder">
    /// The folder for its tables: empty and writable for everybody; null for the server's own.
    /// </param>
    public async Task<string> CreateDatabaseAsync(string? folder = null)
    {
        var name = $"test{Interlocked.Increment(ref databases)}";
        if (folder is not null)
        {
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", "postgres", folder);
            await ExecuteAsync($"create tablespace {name}_space location '{folder}'");
        }

        await ExecuteAsync($"create database {name}" + (folder is null ? "" : $" tablespace {name}_space"));
        return ConnectionString(name);
    }

    /// <summary>Drops a database and its folder's tablespace, so that the server no longer needs the folder.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync($"drop database {name} with (force)");
        await ExecuteAsync($"drop tablespace if exists {name}_space");
    }

    /// <summary>Runs a statement as the server's owner.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public Task StartAsync() =>
        RunServerProgramAsync(
            "pg_ctl",
            "-D",
            Data,
            "-w",
            "-t",
            StartTimeoutSeconds.ToString(CultureInfo.InvariantCulture),
            "-l",
            Path.Combine(folder, "log"),
            "-o",
            $"-p {port} -c listen_addresses={address} -c unix_socket_directories= -c fsync=on -c max_connections=200"
                + (logFolder is null ? "" : " -c min_wal_size=2MB -c max_wal_size=8MB"),
            "start");

    /// <summary>Starts the server if it has ended; leaves a recovering server alone.</summary>
    public async Task EnsureStartedAsync()
    {
        try
        {
            await RunServerProgramAsync("pg_ctl", "-D", Data, "status");
        }
        catch (InvalidOperationException)
        {
            await StartAsync();
        }
    }

    /// <summary>Stops the server in an orderly way and ends open sessions.</summary>
    public Task StopAsync() => RunServerProgramAsync("pg_ctl", "-D", Data, "-w", "-m", "fast", "stop");

    /// <summary>Ends the server like a power cut: it recovers at the next start.</summary>
    public Task KillAsync() => RunServerProgramAsync("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await EndAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Task LetInAsync() =>
        File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), "host all all all trust\n");

    private async Task EndAsync()
    {
        try
        {
            await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // The server has ended by itself meanwhile and left its process id file.
        }
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
        // The server that pg_ctl starts keeps the output open, so the output goes to a file: a pipe would never end.
        var output = Path.GetTempFileName();
        try
        {
            var quoted = string.Join(
                ' ',
                new[] { program }
                    .Concat(arguments)
                    .Select(text => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
            var start = new ProcessStartInfo("/bin/sh", ["-c", $"{quoted} > '{output}' 2>&1"])
            {
                WorkingDirectory = Path.GetTempPath(),
            };
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"{Path.GetFileName(program)} ended with code {process.ExitCode}: "
                    + $"{await File.ReadAllTextAsync(output)}");
            }
        }
        finally
        {
            File.Delete(output);
        }
    }
}
