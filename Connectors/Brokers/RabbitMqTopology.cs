using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Tributary.Connectors.Brokers;

/// <summary>Declares the queue, the exchanges and the bindings that the configuration names.</summary>
internal static class RabbitMqTopology
{
    private const ushort PreconditionFailed = 406;

    /// <exception cref="OperationInterruptedException">The server refuses, or the connection was lost.</exception>
    public static async Task DeclareAsync(
        IConnection connection, RabbitMqOptions options, Action<string> warn, CancellationToken cancellation)
    {
        if (!options.IsDeclared)
            return;
        await DeclareOrTakeAsync(
            connection,
            channel =>
                channel.QueueDeclareAsync(
                    options.Queue, options.IsDurable, exclusive: false, autoDelete: false,
                    cancellationToken: cancellation),
            warn,
            cancellation);
        if (options.DeadLetters is { } letters)
            await DeclareExchangeAsync(connection, letters.Exchange, letters.ExchangeType, options, warn, cancellation);
        if (options.Exchange is not { } exchange)
            return;

        await DeclareExchangeAsync(connection, exchange.Name, exchange.Type, options, warn, cancellation);
        await using var binder = await connection.CreateChannelAsync(cancellationToken: cancellation);
        foreach (var key in exchange.BindingKeys)
            await binder.QueueBindAsync(options.Queue, exchange.Name, key, cancellationToken: cancellation);
    }

    private static Task DeclareExchangeAsync(
        IConnection connection,
        string name,
        string type,
        RabbitMqOptions options,
        Action<string> warn,
        CancellationToken cancellation
    ) =>
        DeclareOrTakeAsync(
            connection,
            channel => channel.ExchangeDeclareAsync(name, type, options.IsDurable, cancellationToken: cancellation),
            warn,
            cancellation);

    // An existing queue or exchange with other properties is used as it is: its maker had a reason. Each declaration
    // has a channel of its own, because the server closes a channel when it refuses.
    private static async Task DeclareOrTakeAsync(
        IConnection connection, Func<IChannel, Task> declare, Action<string> warn, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            await declare(channel);
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == PreconditionFailed)
        {
            warn($"{BrokerHealth.OneLine(refusal.ShutdownReason.ReplyText)} It is used as it is.");
        }
    }
}
