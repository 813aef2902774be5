using Orleans.Configuration;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Silo.Composition;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>
/// The Orleans client of a process without a silo. It has services of its own, so that the process starts, and answers
/// what the database can, before the first silo is there.
/// </summary>
internal sealed partial class ClusterLink : IAsyncDisposable
{
    /// <summary>How often it looks for silos while none can be reached, and for new ones.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a call may wait in its silo, which then says so itself.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider services;
    private readonly TimeProvider time;
    private readonly ILogger<ClusterLink> logger;
    private bool isToldDown;
    private bool isReached;

    /// <exception cref="IOException">A file of <c>cluster.tls</c> cannot be used.</exception>
    public ClusterLink(SiloConfig config, TimeProvider time, ILoggerFactory loggers, ILogger<ClusterLink> logger)
    {
        (this.time, this.logger) = (time, logger);
        Connection = new ClusterConnection(time) { FailsFast = true };
        services = new ServiceCollection()
            // The container does not dispose the objects of the process.
            .AddSingleton(loggers)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton(time)
            .AddSingleton(Connection)
            .AddOrleansClient(client => client
                .UseTributaryCluster(config)
                .Configure<GatewayOptions>(static options => options.GatewayListRefreshPeriod = Period)
                .Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = ResponseTimeout)
                .UseConnectionRetryFilter(RetryAsync)
                .WatchGateways())
            .BuildServiceProvider();
    }

    public ClusterConnection Connection { get; }

    /// <summary>True once the cluster has been reached for the first time.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>True while calls may reach a silo.</summary>
    public bool IsUp => IsStarted && Connection.IsUp;

    /// <summary>References to the cluster's grains.</summary>
    /// <exception cref="TributaryException"><c>no_silo</c>.</exception>
    public IGrainFactory Grains
    {
        get
        {
            Connection.ThrowIfDown();
            return IsStarted ? services.GetRequiredService<IGrainFactory>() : throw ClusterConnection.Down();
        }
    }

    /// <summary>Reaches the cluster, and again whenever the last silo is lost, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(cancellation);
        IsStarted = true;
        while (true)
        {
            if (!Connection.IsConnected)
                await LookAsync(cancellation);
            if (Connection.IsConnected)
                TellUp();
            await Task.Delay(Period, time, cancellation);
        }
    }

    /// <summary>Ends the connections; calls under way end with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsStarted)
        {
            using var limit = new CancellationTokenSource(Lifetime.StopLimits.Leave);
            foreach (var service in services.GetServices<IHostedService>())
            {
                try
                {
                    await service.StopAsync(limit.Token);
                }
                catch (OperationCanceledException)
                {
                    // The connections end with the process.
                }
            }
        }

        await services.DisposeAsync();
    }

    // Orleans' client connects when a call needs it.
    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await services.GetRequiredService<IGrainFactory>().GetGrain<IPartitionGrain>(0).Count()
                .WaitAsync(Period, time, cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            TellDown(error.Message);
        }
    }

    private async Task<bool> RetryAsync(Exception error, CancellationToken cancellation)
    {
        TellDown(error.Message);
        await Task.Delay(Period, time, cancellation);
        return true;
    }

    private void TellDown(string error)
    {
        if (isToldDown)
            return;
        isToldDown = true;
        LogNotReached(error);
    }

    private void TellUp()
    {
        if (!isToldDown && isReached)
            return;
        (isToldDown, isReached) = (false, true);
        LogReached();
    }
}
