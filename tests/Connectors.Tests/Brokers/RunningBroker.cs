using Tributary.Connectors.Configuration;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>A broker that runs, what it warned of, and its stop.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> warnings = [];
    private readonly Task running;

    public RunningBroker(IBrokerFactory factory, string yaml, Receive receive, string baseFolder = "/")
    {
        var errors = new List<ConfigError>();
        var config = BrokerConfig.Read(yaml, errors);
        Broker = factory.Create(config, BrokerConfig.Services(warnings, baseFolder))!;
        Assert.Empty(errors);
        Assert.Equal(factory.Type, ((ConfigScalar)((ConfigMap)config.Node!).Fields["type"]).Text);
        running = Broker.RunAsync(receive, stop.Token);
    }

    public IBroker Broker { get; }

    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (warnings)
                return [.. warnings];
        }
    }

    /// <summary>Waits until the broker says so of itself.</summary>
    public Task StatusAsync(Func<BrokerStatus, bool> isSo) =>
        Eventually.Async(() => isSo(Broker.Status), () => Broker.Status.ToString());

    public Task WarnedAsync(string text) =>
        Eventually.Async(
            () => Warnings.Any(warning => warning.Contains(text, StringComparison.Ordinal)),
            () => $"\"{text}\" in: {string.Join('\n', Warnings)}");

    /// <summary>Asks it to stop; the task ends when it has.</summary>
    public Task StopAsync()
    {
        stop.Cancel();
        return running.WaitAsync(Eventually.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Broker.DisposeAsync();
        stop.Dispose();
    }
}
