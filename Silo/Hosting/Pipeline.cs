using Microsoft.Extensions.Logging;
using Tributary.Connectors;
using Tributary.Grains;
using Tributary.Plugins.Exec;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>
/// What goes on around the engine with messages from outside: plugins run on them, and brokers bring them in when everything else runs.
/// </summary>
internal sealed partial class Pipeline : IAsyncDisposable
{
    /// <summary>How long brokers may take to end once they are told to.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly PipelineConfig config;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ScratchFolder? scratch;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> running = [];

    private readonly ProcessFault fault;

    private Pipeline(PipelineConfig config, PluginHost plugins, ScratchFolder? scratch, ProcessFault fault, TimeProvider time, ILogger logger)
    {
        this.fault = fault;
        this.config = config;
        this.scratch = scratch;
        this.time = time;
        this.logger = logger;
        Plugins = plugins;
    }

    public PluginHost Plugins { get; }

    /// <summary>The mapping of messages that are posted to the API; null when the API takes them as they are.</summary>
    public MessageMapper? ApiMapper => config.Listeners.FirstOrDefault(listener => listener.IsApi)?.Mapper;

    /// <summary>Starts the plugins; a broken one is reported.</summary>
    /// <param name="folder">Null in a process that only reads: it has no plugins and no scratch files.</param>
    /// <exception cref="TributaryException">The plugins' configuration is wrong.</exception>
    public static async Task<Pipeline> StartAsync(
        PipelineConfig config, ScratchFolder? folder, IPluginTables tables, IReadOnlyList<AggregateDefinition> aggregates, ProcessFault fault,
        TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var log = loggers.CreateLogger<Pipeline>();
        config.Warnings.Listen(warning => LogWarning(log, warning));
        var isUsed = config.Listeners.Count > 0 || config.Plugins is not { Folder: null, Active: null };
        var setup = folder is not null && isUsed
            ? PluginDiscovery.Find(config.Plugins, aggregates, new ExecServices(time, Path.Combine(folder.Folder, "plugins"), folder.Reserve))
            : new PluginHostSetup { Found = [] };
        var plugins = await PluginHost.StartAsync(setup, tables, time, line => LogPlugin(log, LevelOf(line), line), cancellation);
        return new Pipeline(config, plugins, folder, fault, time, log);
    }

    /// <summary>The activity that processes messages, in a process that runs plugins.</summary>
    public ProcessActivity NewActivity(ProcessingServices services) => new(services, config.Processing);

    /// <summary>True for sources whose messages go through plugins: those of brokers, and with a mapping all others as well.</summary>
    public bool IsProcessed(string source) => ApiMapper is not null || config.Listeners.Any(listener => !listener.IsApi && listener.Broker.Name == source);

    /// <summary>What messages are processed with, in a process that runs plugins.</summary>
    public ProcessingServices NewServices(ContributionCalculator contributions, IProcessingQueries queries)
    {
        var fetcher = new ContentFetcher(config.Content, config.Metadata, scratch ?? throw new InvalidOperationException("This process only reads."), config.Processing);
        var mappers = new MessageMappers(
            config.Listeners.Where(listener => !listener.IsApi).ToDictionary(listener => listener.Broker.Name, listener => listener.Mapper), ApiMapper);
        return new ProcessingServices(Plugins, fetcher, queries.FindStoredAsync, mappers, contributions);
    }

    /// <summary>From now on brokers bring messages in.</summary>
    /// <param name="care">See <see cref="Listener"/>.</param>
    public void Listen(Intake intake, SiloHost host, DeliveryCare? care)
    {
        foreach (var (broker, mapper, _) in config.Listeners)
        {
            var listener = new Listener(
                intake, broker.Name, mapper, host.WaitForActivityRoomAsync,
                (delay, cancellation) => Task.Delay(delay, time, cancellation), care);
            running.Add(RunAsync(broker, listener));
        }
    }

    /// <summary>Ends the brokers: what was delivered and not stored is delivered again.</summary>
    public async Task StopAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        try
        {
            await Task.WhenAll(running).WaitAsync(StopTimeout, time);
        }
        catch (TimeoutException)
        {
            LogSlow(logger);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (broker, _, _) in config.Listeners)
            await broker.DisposeAsync();
        if (config.Content is not null)
            await config.Content.DisposeAsync();
        if (config.Metadata is not null)
            await config.Metadata.DisposeAsync();
        await Plugins.DisposeAsync();
        stopping.Dispose();
    }

    private async Task RunAsync(IBroker broker, Listener listener)
    {
        LogListening(logger, broker.Name);
        try
        {
            await broker.RunAsync(listener.ReceiveAsync, stopping.Token);
            if (!stopping.IsCancellationRequested)
                throw new InvalidOperationException($"The broker {broker.Name} ended, and was not told to.");
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The end that was asked for, whatever it looks like from in there.
        }
        catch (Exception error)
        {
            LogBrokerFailed(logger, broker.Name, error);
            fault.Report(error);
        }
    }

    // What a plugin says is its own business, but a trace of a fault is not.
    private static LogLevel LevelOf(string line) =>
        line.Contains(": " + ExecServices.TracePrefix, StringComparison.Ordinal) || line.Contains(": plugin_", StringComparison.Ordinal)
            ? LogLevel.Warning
            : LogLevel.Information;

    [LoggerMessage(EventId = 4021, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(EventId = 4022, Message = "{Line}")]
    private static partial void LogPlugin(ILogger logger, LogLevel level, string line);

    [LoggerMessage(EventId = 4023, Level = LogLevel.Information, Message = "Listening to {Broker}.")]
    private static partial void LogListening(ILogger logger, string broker);

    [LoggerMessage(EventId = 4024, Level = LogLevel.Critical, Message = "The broker {Broker} cannot go on; the process ends.")]
    private static partial void LogBrokerFailed(ILogger logger, string broker, Exception error);

    [LoggerMessage(EventId = 4025, Level = LogLevel.Warning, Message = "Brokers did not end in time; what they had delivered and was not stored is delivered again.")]
    private static partial void LogSlow(ILogger logger);
}
