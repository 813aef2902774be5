namespace Tributary.Connectors.Brokers;

/// <summary>A queue of a RabbitMQ server as a source of messages. Reconnects for as long as it runs.</summary>
internal sealed class RabbitMqBroker : IBroker
{
    private readonly RabbitMqOptions options;
    private readonly ConnectorServices services;
    private readonly BrokerHealth health;
    private readonly RabbitMqDeadLetters? deadLetters;
    private readonly RabbitMqRefusals refusals;

    public RabbitMqBroker(RabbitMqOptions options, ConnectorServices services)
    {
        (this.options, this.services) = (options, services);
        health = new BrokerHealth(options.Name, services.Warn);
        deadLetters = options.DeadLetters is null
            ? null
            : new RabbitMqDeadLetters(options, services.Warn, services.Time);
        refusals = new RabbitMqRefusals(options, deadLetters, health, services.Warn, services.Time);
    }

    public string Name => options.Name;

    public BrokerStatus Status => health.Status;

    public async Task RunAsync(Receive receive, CancellationToken cancellation)
    {
        var backoff = new BrokerBackoff(options.FirstRetryDelay, BrokerLimits.MaxRetryDelay);
        while (!cancellation.IsCancellationRequested)
        {
            var session = new RabbitMqSession(options, refusals, health, services.Warn, services.Time);
            try
            {
                await session.RunAsync(receive, cancellation);
            }
            catch (Exception failure)
            {
                // Any failure is safe: no delivery was acknowledged too early, and the
                // server redelivers the unanswered ones.
                if (!cancellation.IsCancellationRequested)
                    health.Lost(options.Address.Explain(failure));
            }

            if (session.HasAnswered)
                backoff.Reset();
            await Task.Delay(backoff.Next(), services.Time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        health.Stopped();
    }

    public async ValueTask DisposeAsync()
    {
        if (deadLetters is not null)
            await deadLetters.DisposeAsync();
    }
}
