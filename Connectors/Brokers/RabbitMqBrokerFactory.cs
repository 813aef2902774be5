using System.Text;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// <c>type: rabbitmq</c>: consumes one queue of a RabbitMQ server (AMQP 0-9-1), optionally bound to an exchange.
/// </summary>
public sealed class RabbitMqBrokerFactory : IBrokerFactory
{
    private const ushort DefaultPrefetchCount = 1000;
    private const int MaxBindingsCount = 1000;

    // The longest short string of AMQP 0-9-1 (section 4.2.5.3).
    private const int MaxKeyBytes = 255;
    private static readonly string KeyAllowed = $"a text of 1 to {MaxKeyBytes} bytes";
    private static readonly string[] ExchangeTypes = ["direct", "fanout", "topic", "headers"];

    public string Type => "rabbitmq";

    public IBroker? Create(ConfigField config, ConnectorServices services)
    {
        var options = Read(config, services.BaseFolder);
        return options is null ? null : new RabbitMqBroker(options, services);
    }

    internal static RabbitMqOptions? Read(ConfigField config, string baseFolder)
    {
        var errorsBefore = config.ErrorCount;
        var section = config.Section(
            "type",
            "name",
            "message",
            "message_fields",
            "host",
            "port",
            "user",
            "username",
            "password",
            "virtual_host",
            "tls",
            "tls_ca_file",
            "heartbeat",
            "queue",
            "queue_name",
            "exchange",
            "exchange_name",
            "exchange_type",
            "routing_key",
            "routing_keys",
            "bindings",
            "declare",
            "durable",
            "prefetch",
            "process_delay",
            "retry_interval",
            "requeue",
            "refused",
            "dead_letter_exchange",
            "dead_letter_exchange_type",
            "dead_letter_routing_key",
            "dlq");
        var queue = Queue(section);
        var options = new RabbitMqOptions(
            BrokerSettings.Name(section, $"rabbitmq:{queue}"),
            RabbitMqAddress.Read(section, baseFolder),
            queue,
            Exchange(section),
            section["prefetch"].Whole(1, ushort.MaxValue, "deliveries") is { } prefetch
                ? (ushort)prefetch
                : DefaultPrefetchCount,
            BrokerSettings.ProcessDelay(section),
            BrokerSettings.FirstRetryDelay(section),
            IsRejected(section),
            IsDurable: section["durable"].Flag() ?? true,
            IsDeclared: section["declare"].Flag() ?? true,
            DeadLetters(section));
        return config.ErrorCount == errorsBefore ? options : null;
    }

    private static bool IsRejected(ConfigSection section)
    {
        // sqAPI's key is accepted and ignored: a delivery that can never be stored is neither requeued nor dropped.
        _ = section["requeue"].Flag();
        var isRejected = section["refused"].OneOf("keep", "reject") == "reject";
        if (isRejected && (section["dead_letter_exchange"].IsSet || section["dlq"].IsSet))
        {
            section["refused"].Fail(
                "reject beside a dead-letter exchange",
                    "one of them: reject leaves it to the queue's own policy where refused deliveries go");
        }

        return isRejected;
    }

    private static string Queue(ConfigSection section)
    {
        var field = BrokerSettings.OneName(section, "queue", "queue_name");
        if (!field.IsSet && !section["routing_key"].IsSet)
            field.Fail("nothing", "the name of the queue; without it the routing_key is the name");
        return (field.IsSet ? Key(field) : Key(section["routing_key"])) ?? "";
    }

    private static RabbitMqExchange? Exchange(ConfigSection section)
    {
        var field = BrokerSettings.OneName(section, "exchange", "exchange_name");
        var type = section["exchange_type"].OneOf(ExchangeTypes) ?? "fanout";
        var bindings = BrokerSettings.OneName(section, "bindings", "routing_keys");
        string[] keys =
        [
            .. bindings
                .List(MaxBindingsCount, "routing keys")
                .Append(section["routing_key"])
                .Select(Key)
                .OfType<string>()
                .Distinct(),
        ];
        if (!field.IsSet)
        {
            if (bindings.IsSet)
                bindings.Fail("bindings without an exchange", "bindings beside an exchange");
            return null;
        }

        if (keys.Length == 0 && type is "direct" or "topic")
            bindings.Fail("nothing", $"the routing keys that bind the queue to the {type} exchange");
        return new(Key(field) ?? "", type, keys.Length == 0 ? [""] : keys);
    }

    private static RabbitMqDeadLetterOptions? DeadLetters(ConfigSection section)
    {
        // The keys stand in a map of their own, as in sqAPI, or beside the other keys.
        var map = section["dlq"];
        var dlq = map.Section("exchange", "exchange_type", "routing_key");
        var exchange = map.IsSet ? dlq["exchange"] : section["dead_letter_exchange"];
        if (map.IsSet && section["dead_letter_exchange"].IsSet)
            section["dead_letter_exchange"].Fail("it beside dlq", "one of dead_letter_exchange, dlq");
        var type = (map.IsSet ? dlq["exchange_type"] : section["dead_letter_exchange_type"]).OneOf(ExchangeTypes)
            ?? "topic";
        var routingKey = Key(map.IsSet ? dlq["routing_key"] : section["dead_letter_routing_key"]);
        return Key(exchange) is { } name ? new(name, type, routingKey) : null;
    }

    private static string? Key(ConfigField field)
    {
        if (field.Text(KeyAllowed) is not { } text || Encoding.UTF8.GetByteCount(text) <= MaxKeyBytes)
            return field.Text(KeyAllowed);
        field.Fail($"a text of {Encoding.UTF8.GetByteCount(text)} bytes", KeyAllowed);
        return null;
    }
}
