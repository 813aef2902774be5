using System.Globalization;

namespace Tributary.TestingHost.Brokers;

/// <summary>
/// A private RabbitMQ server in a temporary folder, on free ports of the loopback address, with its own name
/// service. It can be stopped, killed and restarted with its stored data; disposal kills it and deletes
/// everything. User and password: guest, guest.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const int MaxStartsCount = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);

    private readonly string folder;
    private readonly Dictionary<string, string> environment = [];
    private LoggedProcess? names;
    private LoggedProcess? server;

    private RabbitMqServer(string folder, IReadOnlyList<string> extraSettings)
    {
        this.folder = folder;
        Configure(extraSettings);
    }

    /// <summary>The port for clients, on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Creates and starts a server.</summary>
    /// <param name="settings">Further lines of <c>rabbitmq.conf</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// RabbitMQ is not installed or does not start; the message says why.
    /// </exception>
    public static async Task<RabbitMqServer> StartNewAsync(params IReadOnlyList<string> settings)
    {
        for (var start = 1; ; start++)
        {
            var made = new RabbitMqServer(Directory.CreateTempSubdirectory("tributary-rabbitmq-").FullName, settings);
            try
            {
                await made.StartAsync();
                return made;
            }
            catch (InvalidOperationException) when (start < MaxStartsCount)
            {
                // Another process may have taken one of the free ports meanwhile.
                await made.DisposeAsync();
            }
            catch
            {
                await made.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts the server and waits until it accepts connections.</summary>
    public async Task StartAsync()
    {
        names ??= LoggedProcess.Start(
            "epmd", ["-port", environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"], environment, folder);
        server = LoggedProcess.Start(RabbitMqBinaries.Find("rabbitmq-server"), [], environment, folder);
        await server.SaysAsync("Server startup complete", StartTimeout);
    }

    /// <summary>Stops the server in an orderly way; it closes its connections.</summary>
    public async Task StopAsync()
    {
        if (server is not null)
            await server.TerminateAsync(StopTimeout);
        server = null;
    }

    /// <summary>Ends the server like a crash.</summary>
    public async Task KillAsync()
    {
        if (server is not null)
            await server.KillAsync();
        server = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Runs <c>rabbitmqctl</c> against this server; returns its output.</summary>
    /// <exception cref="InvalidOperationException">The command failed; the message has its output.</exception>
    public async Task<string> ControlAsync(params IReadOnlyList<string> arguments)
    {
        using var control = LoggedProcess.Start(
            RabbitMqBinaries.Find("rabbitmqctl"),
            ["--node", environment["RABBITMQ_NODENAME"], "--quiet", .. arguments],
            environment,
            folder);
        return await control.EndsAsync(StartTimeout);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (names is not null)
            await names.KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Configure(IReadOnlyList<string> extraSettings)
    {
        Port = FreePort.Next();
        var config = Path.Combine(folder, "rabbitmq.conf");
        File.WriteAllLines(config,
        [
            string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.1 = 127.0.0.1:{Port}"),
            "log.console = true",
            "log.console.level = info",
            "disk_free_limit.absolute = 50MB",
            .. extraSettings,
        ]);

        // An empty settings file keeps out the settings of the machine's own server.
        var nothing = Path.Combine(folder, "rabbitmq-env.conf");
        File.WriteAllText(nothing, "");
        environment["HOME"] = folder;
        environment["ERL_EPMD_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODENAME"] = string.Create(CultureInfo.InvariantCulture, $"tributary{Port}@localhost");
        environment["RABBITMQ_DIST_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_CONFIG_FILE"] = config;
        environment["RABBITMQ_CONF_ENV_FILE"] = nothing;
        environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "mnesia");
        environment["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log");
        environment["RABBITMQ_LOGS"] = "-";
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins");
        environment["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(folder, "generated");
        environment["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid");

        // With this variable the start script becomes the server itself, so ending the started process ends the server.
        environment["RUNNING_UNDER_SYSTEMD"] = "true";
    }
}
