using System.Globalization;
using System.Text;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Brokers;

/// <summary><c>type: zeromq</c>: receives on one PULL or SUB socket of libzmq.</summary>
public sealed class ZeroMqBrokerFactory : IBrokerFactory
{
    private const int DefaultPort = 5001;
    private const int DefaultHighWaterMarkCount = 1000;
    private const int MaxHighWaterMarkCount = 1_000_000;
    private const int DefaultUnansweredCount = 1000;
    private const int MaxUnansweredCount = 65_535;
    private const int MaxLingerMs = 60_000;
    private const int MaxTopicsCount = 1000;
    private const int MaxTopicBytes = 255;

    public string Type => "zeromq";

    public IBroker? Create(ConfigField config, ConnectorServices services)
    {
        var options = Read(config);
        if (ZeroMqLibrary.Load() is { } missing)
        {
            config.Fail(missing, "zeromq where libzmq 4 can be loaded (Debian: apt-get install libzmq5)");
            return null;
        }

        return options is null ? null : new ZeroMqBroker(options, services);
    }

    internal static ZeroMqOptions? Read(ConfigField config)
    {
        var errorsBefore = config.ErrorCount;
        var section = config.Section(
            "type",
            "name",
            "message",
            "message_fields",
            "host",
            "port",
            "protocol",
            "connection_type",
            "socket_type",
            "topics",
            "high_water_mark",
            "linger",
            "prefetch",
            "process_delay",
            "retry_interval");
        var isBound = section["connection_type"].OneOf("bind", "connect") == "bind";
        var isSubscriber = section["socket_type"].OneOf("PULL", "SUB", "7", "2") is "SUB" or "2";
        var endpoint = Endpoint(section, isBound);
        var topics = section["topics"]
            .List(MaxTopicsCount, "beginnings of topics")
            .Select(Topic)
            .OfType<string>()
            .ToArray();
        if (section["topics"].IsSet && !isSubscriber)
            section["topics"].Fail("topics for a PULL socket", "topics for a SUB socket (socket_type: 2)");
        var options = new ZeroMqOptions(
            BrokerSettings.Name(section, $"zeromq:{endpoint}"),
            endpoint,
            isBound,
            isSubscriber,
            topics.Length == 0 ? [""] : topics,
            (int)(section["high_water_mark"].Whole(1, MaxHighWaterMarkCount, "messages") ?? DefaultHighWaterMarkCount),
            (int)(section["linger"].Whole(0, MaxLingerMs, "milliseconds") ?? 0),
            (int)(section["prefetch"].Whole(1, MaxUnansweredCount, "messages") ?? DefaultUnansweredCount),
            BrokerSettings.ProcessDelay(section),
            BrokerSettings.FirstRetryDelay(section));
        return config.ErrorCount == errorsBefore ? options : null;
    }

    private static string Endpoint(ConfigSection section, bool isBound)
    {
        var host = section["host"].Text("a host name or an address; * to bind to all addresses") ?? "127.0.0.1";
        if (host == "*" && !isBound)
            section["host"].Fail("the name of a host to connect to; * only with connection_type: bind");
        var port = section["port"].Whole(1, ushort.MaxValue, "the port") ?? DefaultPort;
        var protocol = section["protocol"].OneOf("tcp") ?? "tcp";
        var shown = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        return string.Create(CultureInfo.InvariantCulture, $"{protocol}://{shown}:{port}");
    }

    private static string? Topic(ConfigField field)
    {
        var allowed = $"the beginning of a topic, at most {MaxTopicBytes} bytes";
        if (field.Node is ConfigScalar { Text.Length: 0 })
            return "";
        if (field.Text(allowed) is not { } text || Encoding.UTF8.GetByteCount(text) <= MaxTopicBytes)
            return field.Text(allowed);
        field.Fail($"a text of {Encoding.UTF8.GetByteCount(text)} bytes", allowed);
        return null;
    }
}
