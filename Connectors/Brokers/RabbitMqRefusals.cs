namespace Tributary.Connectors.Brokers;

/// <summary>
/// What becomes of a delivery that can never be stored: it goes to the dead-letter exchange, to the server where the
/// queue's own policy is to decide, and otherwise the platform keeps it. None goes back into the queue, where it would
/// come again at once, and none is dropped here.
/// </summary>
internal sealed class RabbitMqRefusals(
    RabbitMqOptions options,
    RabbitMqDeadLetters? deadLetters,
    BrokerHealth health,
    Action<string> warn,
    TimeProvider time)
{
    private readonly RepeatedWarning warning = new(warn, time);

    /// <summary>True when refused deliveries go elsewhere than to the platform.</summary>
    public bool HasPlace => deadLetters is not null || options.IsRejected;

    /// <summary>
    /// Stored when the dead-letter exchange has it; refused when the server is to have it; kept when the dead-letter
    /// exchange takes too little.
    /// </summary>
    /// <exception cref="OperationCanceledException">There was no time to answer; it is delivered again.</exception>
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
