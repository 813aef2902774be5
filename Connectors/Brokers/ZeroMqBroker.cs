namespace Tributary.Connectors.Brokers;

/// <summary>
/// A ZeroMQ socket as a source of messages. ZeroMQ has no acknowledgements: a message that libzmq has received dies
/// with this process. The options bound how many messages that can be, and an orderly stop makes them durable first.
/// </summary>
internal sealed class ZeroMqBroker : IBroker
{
    /// <summary>Most bytes of unanswered messages; one further message may exceed it.</summary>
    private const long MaxUnansweredBytes = 256 * 1024 * 1024;

    private readonly ZeroMqOptions options;
    private readonly ConnectorServices services;
    private readonly BrokerHealth health;
    private readonly ReceiveWindow window;
    private readonly RepeatedWarning refusals;
    private readonly RepeatedWarning failures;

    // Of the run that is under way.
    private DeliveryLine<Delivery> line;

    public ZeroMqBroker(ZeroMqOptions options, ConnectorServices services)
    {
        (this.options, this.services) = (options, services);
        health = new BrokerHealth(options.Name, services.Warn);
        window = new ReceiveWindow(options.UnansweredCount, MaxUnansweredBytes);
        line = NewLine();
        refusals = new RepeatedWarning(services.Warn, services.Time);
        failures = new RepeatedWarning(services.Warn, services.Time);
    }

    public string Name => options.Name;

    public BrokerStatus Status => health.Status;

    /// <summary>PUSH gives each message to one PULL, and PUB gives all messages to every SUB.</summary>
    public bool HasCompetingConsumers => !options.IsSubscriber;

    public async Task RunAsync(Receive receive, CancellationToken cancellation)
    {
        using var giveUp = new CancellationTokenSource();
        line = NewLine();
        var handing = line.RunAsync(
            delivery => _ = AnswerAsync(delivery, receive, giveUp.Token), giveUp.Token, hurry: cancellation);
        var backoff = new BrokerBackoff(options.FirstRetryDelay, BrokerLimits.MaxRetryDelay);
        while (!cancellation.IsCancellationRequested)
        {
            var session = new ZeroMqSession(options, health, window, services.Time, Take);
            try
            {
                await RunOnThreadAsync(() => session.Run(() => Finish(giveUp), cancellation));
            }
            catch (ZeroMqException failure)
            {
                // Most often the address is in use, and it may be free later.
                health.Lost($"{options.Endpoint}: {failure.Message}");
            }

            await Task.Delay(backoff.Next(), services.Time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Finish(giveUp);
        line.Complete();
        await handing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        health.Stopped();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private DeliveryLine<Delivery> NewLine() => new(options.UnansweredCount, options.ProcessDelay, services.Time);

    private static Task RunOnThreadAsync(Action run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                run();
                ended.SetResult();
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        })
        { IsBackground = true, Name = "zeromq" };
        thread.Start();
        return ended.Task;
    }

    private void Take(Delivery delivery)
    {
        window.Enter(delivery.Body.Length);
        line.TryAdd(delivery);
    }

    // Waits for the answers to received messages; messages without an answer in time are lost, and a warning says so.
    private void Finish(CancellationTokenSource giveUp)
    {
        if (giveUp.IsCancellationRequested || window.WaitUntilEmpty(BrokerLimits.StopTimeout, services.Time))
            return;
        var lost = window.Count;
        giveUp.Cancel();
        services.Warn(
            $"{options.Name}: {lost} messages were received and not stored before the stop. ZeroMQ does not deliver "
            + "again.");
        window.WaitUntilEmpty(BrokerLimits.CloseTimeout, services.Time);
    }

    private async Task AnswerAsync(Delivery delivery, Receive receive, CancellationToken giveUp)
    {
        var backoff = new BrokerBackoff(BrokerLimits.FirstRetryDelay, BrokerLimits.MaxRetryDelay);
        try
        {
            while (!await TryReceiveAsync(delivery, receive, giveUp))
                await Task.Delay(backoff.Next(), services.Time, giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // The stop that cancelled the message counts and reports it.
        }
        finally
        {
            window.Exit(delivery.Body.Length);
        }
    }

    // No peer redelivers a message, so the broker offers it until the platform takes it.
    private async Task<bool> TryReceiveAsync(Delivery delivery, Receive receive, CancellationToken giveUp)
    {
        try
        {
            if (await receive(delivery, giveUp) is Reception.Kept kept)
            {
                health.Refused();
                var then = kept.IsCurable ? "offered again later" : "kept among what failed";
                refusals.Say(
                    $"{options.Name}: a message was refused ({kept.Code}: {BrokerHealth.OneLine(kept.Reason)}) and is "
                    + $"{then}.");
            }

            return true;
        }
        catch (Exception failure) when (!giveUp.IsCancellationRequested)
        {
            failures.Say(
                $"{options.Name}: a message could not be taken ({failure.GetType().Name}: "
                + $"{BrokerHealth.OneLine(failure.Message)}) and is tried again.");
            return false;
        }
    }
}
