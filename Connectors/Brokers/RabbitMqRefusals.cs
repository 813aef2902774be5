namespace Tributary.Connectors.Brokers;

/// <summary>
/// Handles a delivery that can never be stored. It goes to the dead-letter exchange, or to the server when the queue's
/// own policy is to decide; otherwise the platform keeps it. It never goes back into the queue, which would redeliver
/// it at once, and is never dropped.
/// </summary>
internal sealed class RabbitMqRefusals(
    RabbitMqOptions options,
    RabbitMqDeadLetters? deadLetters,
    BrokerHealth health,
    Action<string> warn,
    TimeProvider time)
{
    private readonly RepeatedWarning warning = new(warn, time);

    /// <summary>True when refused deliveries go to a dead-letter exchange or the server, not to the platform.</summary>
    public bool HasPlace => deadLetters is not null || options.IsRejected;

    /// <summary>
    /// Stored when the dead-letter exchange has the delivery; refused when the server is to have it; kept when the
    /// dead-letter exchange does not take it.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// The process stopped before an answer; the server redelivers.
    /// </exception>
    public async Task<Reception> AnswerAsync(
        RabbitMqDelivery delivery, Reception.Refused refused, Receive receive, CancellationToken cancellation)
    {
        var what = $"{options.Name}: a delivery was refused ({refused.Code}: {BrokerHealth.OneLine(refused.Reason)})";
        if (deadLetters is null)
        {
            health.Refused();
            warning.Say($"{what} The server has it: the queue's policy decides, and without one it is dropped.");
            return refused;
        }

        if (!await deadLetters.PublishAsync(delivery, refused, cancellation))
            return await receive(delivery.ToDelivery(isKeptByBroker: false) with { Fault = refused }, cancellation);

        health.Refused();
        warning.Say($"{what} It is in the dead-letter exchange now.");
        return new Reception.Stored(default, IsRepeat: false);
    }

    public void Kept(Reception.Kept kept)
    {
        health.Refused();
        var then = kept.IsCurable ? "It is kept, and offered again later." : "It is kept among what failed.";
        warning.Say(
            $"{options.Name}: a delivery was refused ({kept.Code}: {BrokerHealth.OneLine(kept.Reason)}) {then}");
    }
}
