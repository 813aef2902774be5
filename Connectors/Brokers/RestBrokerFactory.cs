using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// <c>type: rest</c>: messages come in through the API, mapped by the <c>message</c> section. It connects to nothing.
/// </summary>
public sealed class RestBrokerFactory : IBrokerFactory
{
    private const string DefaultName = "rest";

    public string Type => "rest";

    public IBroker? Create(ConfigField config, ConnectorServices services)
    {
        var errorsBefore = config.ErrorCount;
        var name = BrokerSettings.Name(config.Section("type", "name", "message", "message_fields"), DefaultName);
        return config.ErrorCount == errorsBefore ? new RestBroker(name) : null;
    }

    private sealed class RestBroker(string name) : IBroker
    {
        public string Name => name;

        public BrokerStatus Status { get; } =
            new(IsConnected: true, LastError: null, ReceivedCount: 0, RefusedCount: 0);

        public async Task RunAsync(Receive receive, CancellationToken cancellation)
        {
            // Cancellation is the only way for the wait to end, and the ordinary one.
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
