using RabbitMQ.Client;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// One connection from beginning to end. Nothing outlives it: the server redelivers the unacknowledged deliveries, to
/// the next session or to another consumer.
/// </summary>
internal sealed class RabbitMqSession(
    RabbitMqOptions options, RabbitMqRefusals refusals, BrokerHealth health, Action<string> warn, TimeProvider time)
{
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DeliveryLine<RabbitMqDelivery> line = new(options.PrefetchCount, options.ProcessDelay, time);
    private readonly InFlight inFlight = new();
    private RabbitMqAnswers? answers;

    /// <summary>True when the session answered a delivery, so that the next session need not wait long.</summary>
    public bool HasAnswered => answers?.HasSaidSomething ?? false;

    /// <summary>
    /// Consumes until stopped, or until the connection, the channel or the consumer is
    /// lost; a loss is reported to the health.
    /// </summary>
    public async Task RunAsync(Receive receive, CancellationToken stop)
    {
        await using var connection = await options.Address.ConnectAsync(options.Name, stop);
        await RabbitMqTopology.DeclareAsync(connection, options, text => warn($"{options.Name}: {text}"), stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.BasicQosAsync(prefetchSize: 0, options.PrefetchCount, global: false, stop);

        answers = new RabbitMqAnswers(channel, options.PrefetchCount);
        var consumer = new RabbitMqConsumer(channel, Take, reason => ended.TrySetResult(reason));
        var consumerTag = await channel.BasicConsumeAsync(options.Queue, autoAck: false, consumer, stop);
        health.Connected();

        using var noMore = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var giveUp = new CancellationTokenSource();
        var answering = answers.RunAsync();
        var handing = line.RunAsync(delivery => _ = AnswerAsync(delivery, receive, giveUp.Token), noMore.Token);
        await Task.WhenAny(ended.Task, answering, Task.Delay(Timeout.Infinite, noMore.Token));
        var isLost = !stop.IsCancellationRequested;
        if (isLost)
            health.Lost(
                options.Address.Explain(
                    ended.Task.IsCompleted
                        ? await ended.Task
                        : answering.Exception?.GetBaseException().Message ?? "closed"));
        else
            await Quietly(channel.BasicCancelAsync(consumerTag, cancellationToken: CancellationToken.None));

        await noMore.CancelAsync();
        await Quietly(handing);
        if (!isLost)
            await Quietly(inFlight.WhenIdle().WaitAsync(BrokerLimits.StopTimeout, time, CancellationToken.None));
        await giveUp.CancelAsync();

        // A new session while deliveries of this one still run would exceed the prefetch.
        await Quietly(inFlight.WhenIdle().WaitAsync(stop));
        await Quietly(inFlight.WhenIdle().WaitAsync(BrokerLimits.CloseTimeout, time, CancellationToken.None));
        answers.Complete();
        await Quietly(answering);
        await Quietly(
            connection.CloseAsync(
                Constants.ReplySuccess, "stop", BrokerLimits.CloseTimeout, abort: true, CancellationToken.None));
    }

    private void Take(RabbitMqDelivery delivery)
    {
        if (!line.TryAdd(delivery))
            ended.TrySetResult("the server sent more deliveries than the prefetch allows");
    }

    private async Task AnswerAsync(RabbitMqDelivery delivery, Receive receive, CancellationToken giveUp)
    {
        inFlight.Enter();
        health.Received();
        try
        {
            var reception = await receive(delivery.ToDelivery(refusals.HasPlace), giveUp);
            if (reception is Reception.Refused refused)
                reception = await refusals.AnswerAsync(delivery, refused, receive, giveUp);
            if (reception is Reception.Kept kept)
                refusals.Kept(kept);
            if (reception is Reception.Refused)
                answers!.Nack(delivery.Tag, requeue: false);
            else
                answers!.Ack(delivery.Tag);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // Neither taken nor acknowledged: the server redelivers it.
        }
        catch (Exception failure)
        {
            // The delivery may not be acknowledged, and unanswered it would occupy the prefetch for ever: the end of
            // the session gives it back to the server.
            ended.TrySetResult($"a delivery could not be taken ({failure.GetType().Name}: {failure.Message})");
        }
        finally
        {
            inFlight.Exit();
        }
    }

    // At the end of a session no failure changes what follows: every unanswered delivery goes back to the server.
    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
