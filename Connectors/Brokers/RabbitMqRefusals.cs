namespace Tributary.Connectors.Brokers;

/// <summary>What becomes of a delivery that can never be stored: to the dead-letter exchange, back into the queue, or away.</summary>
internal sealed class RabbitMqRefusals(
    RabbitMqOptions options, RabbitMqDeadLetters? deadLetters, BrokerHealth health, Action<string> warn, TimeProvider time)
{
    // The server would deliver it again at once, and it would be refused again at once.
    private static readonly TimeSpan RequeueDelay = TimeSpan.FromSeconds(1);

    private readonly RepeatedWarning warning = new(warn, time);

    /// <exception cref="OperationCanceledException">There was no time to answer; it is delivered again.</exception>
    public async Task AnswerAsync(RabbitMqDelivery delivery, Reception.Refused refused, RabbitMqAnswers answers, CancellationToken cancellation)
    {
        health.Refused();
        var what = $"{options.Name}: a delivery was refused ({refused.Code}: {BrokerHealth.OneLine(refused.Reason)})";
        if (deadLetters is not null)
        {
            await deadLetters.PublishAsync(delivery, refused, cancellation);
            warning.Say($"{what} It is in the dead-letter exchange now.");
            answers.Ack(delivery.Tag);
        }
        else if (options.IsRequeued)
        {
            warning.Say($"{what} It goes back into the queue, because requeue is true and there is no dead_letter_exchange.");
            await Task.Delay(RequeueDelay, time, cancellation);
            answers.Nack(delivery.Tag, requeue: true);
        }
        else
        {
            warning.Say($"{what} The server drops it, unless the queue has a policy for that, because requeue is false and there is no dead_letter_exchange.");
            answers.Nack(delivery.Tag, requeue: false);
        }
    }
}
