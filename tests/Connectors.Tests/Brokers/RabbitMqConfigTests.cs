using Tributary.Connectors.Brokers;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Tests.Brokers;

public sealed class RabbitMqConfigTests
{
    private static readonly RabbitMqBrokerFactory Factory = new();

    [Fact]
    public void Every_error_is_named_with_file_key_what_was_found_and_what_is_allowed()
    {
        var errors = BrokerConfig.ErrorsOf(
            Factory,
            """
            type: rabbitmq
            port: many
            exchange: x
            exchange_name: y
            exchange_type: round
            prefetch: 0
            requeue: perhaps
            password: [secret]
            virtual_hos: /
            dlq: {exchange: d, key: k}
            """);

        Assert.Equal(
            [
                "sqapi.yml:9: broker.virtual_hos: found an unknown key; allowed: type, name, message, message_fields, "
                + "host",
                "sqapi.yml:1: broker.queue: found nothing; allowed: the name of the queue; without it the routing_key "
                + "is the name.",
                "sqapi.yml:2: broker.port: found \"many\"; allowed: a whole number of the port from 1 to 65535.",
                "sqapi.yml:8: broker.password: found a list; allowed: a password.",
                "sqapi.yml:4: broker.exchange_name: found it beside broker.exchange; allowed: one of exchange, "
                + "exchange_name.",
                "sqapi.yml:5: broker.exchange_type: found \"round\"; allowed: direct, fanout, topic, headers.",
                "sqapi.yml:6: broker.prefetch: found \"0\"; allowed: a whole number of deliveries from 1 to 65535.",
                "sqapi.yml:7: broker.requeue: found \"perhaps\"; allowed: true or false.",
                "sqapi.yml:10: broker.dlq.key: found an unknown key; allowed: exchange, exchange_type, routing_key.",
            ],
            errors.Select(error =>
                error.Contains("message_fields, host", StringComparison.Ordinal)
                    ? error[..error.IndexOf(", port", StringComparison.Ordinal)]
                    : error));
    }

    [Theory]
    [InlineData(
        "{type: rabbitmq, queue: q, exchange: x, exchange_type: topic}",
        "broker.bindings: found nothing; allowed: the routing keys that bind the queue to the topic exchange.")]
    [InlineData(
        "{type: rabbitmq, queue: q, bindings: [a]}",
        "broker.bindings: found bindings without an exchange; allowed: bindings beside an exchange.")]
    [InlineData(
        "{type: rabbitmq, queue: q, dlq: {exchange: a}, dead_letter_exchange: b}",
        "broker.dead_letter_exchange: found it beside dlq; allowed: one of dead_letter_exchange, dlq.")]
    [InlineData(
        "{type: rabbitmq, queue: q, tls: true, tls_ca_file: nowhere.pem}", "allowed: a file of certificates in PEM.")]
    [InlineData("rabbitmq", "broker: found \"rabbitmq\"; allowed: a map with type, name")]
    public void What_does_not_fit_together_is_an_error(string yaml, string expected) =>
        Assert.Contains(BrokerConfig.ErrorsOf(Factory, yaml), error =>
            error.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_name_longer_than_AMQP_allows_is_an_error() =>
        Assert.EndsWith(
            "broker.queue: found a text of 256 bytes; allowed: a text of 1 to 255 bytes.",
            Assert.Single(BrokerConfig.ErrorsOf(Factory, $"{{type: rabbitmq, queue: {new string('q', 256)}}}")),
            StringComparison.Ordinal);

    [Fact]
    public void The_keys_of_sqAPI_and_their_other_names_mean_the_same()
    {
        var sqapi = Read(
            "{type: rabbitmq, queue_name: q, exchange_name: x, exchange_type: topic, routing_keys: [a, b], "
            + "routing_key: c, retry_interval: 3, dlq: {exchange: DLQ, exchange_type: topic, routing_key: "
            + "message.sqapi}}");
        var ours = Read(
            "{type: rabbitmq, queue: q, exchange: x, exchange_type: topic, bindings: [a, b, c], retry_interval: 3, "
            + "dead_letter_exchange: DLQ, dead_letter_routing_key: message.sqapi}");

        Assert.Equal(["a", "b", "c"], sqapi.Exchange!.BindingKeys);
        Assert.Equivalent(ours, sqapi, strict: true);
        Assert.Equal(
            ("DLQ", "topic", "message.sqapi"),
            (ours.DeadLetters!.Exchange, ours.DeadLetters.ExchangeType, ours.DeadLetters.RoutingKey));
    }

    [Fact]
    public void What_is_not_configured_has_a_default()
    {
        var options = Read("{type: rabbitmq, queue: q, exchange: x}");

        Assert.Equal(
            ("localhost", 5672, "/", "guest"),
            (options.Address.Host, options.Address.Port, options.Address.VirtualHost, options.Address.User));
        Assert.Equal(
            (1000, false, true, true),
            (options.PrefetchCount, options.IsRejected, options.IsDurable, options.IsDeclared));
        Assert.Equal(("fanout", ""), (options.Exchange!.Type, Assert.Single(options.Exchange.BindingKeys)));
        Assert.Equal(5671, Read("{type: rabbitmq, queue: q, tls: true}").Address.Port);
    }

    [Fact]
    public void Refused_deliveries_are_kept_or_rejected_or_dead_lettered()
    {
        Assert.True(Read("{type: rabbitmq, queue: q, refused: reject}").IsRejected);
        Assert.False(Read("{type: rabbitmq, queue: q, refused: keep, requeue: false, dead_letter_exchange: x}")
            .IsRejected);
        Assert.Equal(
            ["sqapi.yml:1: broker.refused: found reject beside a dead-letter exchange; allowed: one of them: reject "
                + "leaves it to the queue's own policy where refused deliveries go."],
            BrokerConfig.ErrorsOf(new RabbitMqBrokerFactory(),
                "{type: rabbitmq, queue: q, refused: reject, dead_letter_exchange: x}"));
    }

    private static RabbitMqOptions Read(string yaml)
    {
        var errors = new List<ConfigError>();
        var options = RabbitMqBrokerFactory.Read(BrokerConfig.Read(yaml, errors), "/");
        Assert.Empty(errors);
        return options!;
    }
}
