using System.Net;
using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Feed;

namespace Tributary.Silo.Configuration;

/// <summary>Makes the typed configuration of the nodes, and checks everything that can be checked before the start.</summary>
internal sealed class SiloConfigReader(ConfigMap root, List<ConfigError> errors)
{
    private const int MinKeyChars = 16;

    private static readonly string[] RootKeys = ["listen", "data", "database", "security", "limits", "feed", "externalIds", "logging", "aggregates", "endpoints"];
    private static readonly string[] DatabaseKeys = ["type", "connection"];
    private static readonly string[] SecurityKeys = ["apiKeys", "allowedHosts", "allowedOrigins", "insecure"];

    private static readonly string[] LimitKeys =
    [
        "bodyBytes", "batchWindowCount", "batchWindowBytes", "batchResultBytes", "batchIdle", "waitingCallsCount", "waitingBytes", "connectionsCount",
    ];

    private static readonly string[] FeedKeys = ["poll", "ping", "pong", "waitingCount", "waitingBytes", "subscribersCount", "clientFrameBytes"];
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>Every key that stands for itself, as it is written.</summary>
    public static IEnumerable<string> AllKeys =>
        RootKeys.Concat(DatabaseKeys).Concat(SecurityKeys).Concat(LimitKeys).Concat(FeedKeys).Concat(EndpointReader.Keys).Concat(["remember", "default", "levels"]).Distinct();

    public async Task<SiloConfig> ReadAsync()
    {
        var config = new ConfigReader(root, "", root.Origin, errors).Knows(RootKeys);
        var database = config.Section("database").Knows(DatabaseKeys);
        var limits = config.Section("limits").Knows(LimitKeys);
        var logging = config.Section("logging").Knows("default", "levels");
        var defaults = new SiloConfig();
        var type = database.Choice("type", defaults.DatabaseType, "sqlite", "postgres");
        var connection = database.Text("connection");
        if (type == "postgres" && connection is null)
            database.Fail("connection", "nothing", "an Npgsql connection string such as Host=localhost;Database=tributary;Username=tributary");
        if (type == "sqlite" && connection is not null)
            database.Fail("connection", "a connection string", "nothing with type sqlite: its file is in the folder that 'data' names");

        var listen = ReadListen(config, defaults.Listen);
        return new SiloConfig
        {
            Listen = listen,
            DataDirectory = config.Text("data") ?? defaults.DataDirectory,
            DatabaseType = type,
            Connection = connection,
            MaxConnectionsCount = limits.Number("connectionsCount", defaults.MaxConnectionsCount, 1, 1_000_000),
            Api = await ReadApiAsync(config, limits, listen),
            Feed = ReadFeed(config),
            Silo = new SiloOptions
            {
                Address = listen.Count > 0 ? listen[0] : "",
                MaxWaitingCallsCount = (int)limits.Number("waitingCallsCount", defaults.Silo.MaxWaitingCallsCount, 1, 10_000_000),
                MaxWaitingBytes = limits.Number("waitingBytes", defaults.Silo.MaxWaitingBytes, 1 << 20, 1L << 40),
            },
            Dedupe = new DedupeOptions
            {
                Remember = config.Section("externalIds").Knows("remember")
                    .Duration("remember", defaults.Dedupe.Remember, TimeSpan.FromHours(1), TimeSpan.FromDays(3660)),
            },
            Aggregates = ReadAggregates(config),
            LogLevel = LevelOf(logging.Choice("default", "information", Levels)),
            LogLevels = logging.Section("levels").Fields().ToDictionary(
                field => field.Name, field => LevelOf(logging.Section("levels").Choice(field.Name, "information", Levels))),
        };
    }

    private static LogLevel LevelOf(string text) => Enum.Parse<LogLevel>(text, ignoreCase: true);

    private static IReadOnlyList<string> ReadListen(ConfigReader config, IReadOnlyList<string> fallback)
    {
        var listen = config.Texts("listen", fallback);
        foreach (var address in listen)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "http" || uri.PathAndQuery != "/" || !IsHost(uri.Host))
                config.Fail("listen", $"\"{address}\"", "addresses such as http://127.0.0.1:8888 or http://0.0.0.0:8888");
        }

        if (listen.Count == 0)
            config.Fail("listen", "an empty list", "at least one address such as http://127.0.0.1:8888");
        return listen;
    }

    private static bool IsHost(string host) => host == "localhost" || IPAddress.TryParse(host, out _);

    private async Task<ApiOptions> ReadApiAsync(ConfigReader config, ConfigReader limits, IReadOnlyList<string> listen)
    {
        var defaults = new ApiOptions();
        var security = config.Section("security").Knows(SecurityKeys);
        var feed = config.Section("feed");
        var keys = security.Texts("apiKeys", []);
        foreach (var key in keys)
        {
            if (key.Length < MinKeyChars)
                security.Fail("apiKeys", $"a key of {key.Length} characters", $"keys of at least {MinKeyChars} characters");
        }

        var isLoopback = listen.All(IsLoopback);
        if (!isLoopback && keys.Count == 0 && !security.Flag("insecure"))
        {
            config.Fail(
                "listen", string.Join(", ", listen) + " without API keys",
                "addresses of this machine only (127.0.0.1, localhost), keys under security.apiKeys, or security.insecure: true (--insecure) to serve everybody");
        }

        // Open on this machine only: whoever calls must call it by a name of this machine.
        IReadOnlyList<string> own = isLoopback && keys.Count == 0 ? ["localhost", "127.0.0.1", "[::1]"] : [];
        return new ApiOptions
        {
            MaxBodyBytes = (int)limits.Number("bodyBytes", defaults.MaxBodyBytes, 1, 64 << 20),
            BatchWindowCount = (int)limits.Number("batchWindowCount", defaults.BatchWindowCount, 1, 1_000_000),
            BatchWindowBytes = limits.Number("batchWindowBytes", defaults.BatchWindowBytes, 1, 1L << 32),
            BatchResultBytes = (int)limits.Number("batchResultBytes", defaults.BatchResultBytes, 1 << 16, 1 << 30),
            BatchIdleTimeout = limits.Duration("batchIdle", defaults.BatchIdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            PingInterval = feed.Duration("ping", defaults.PingInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            PongTimeout = feed.Duration("pong", defaults.PongTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            MaxClientFrameBytes = (int)feed.Number("clientFrameBytes", defaults.MaxClientFrameBytes, 128, 1 << 20),
            ApiKeys = keys,
            AllowedHosts = security.Find("allowedHosts") is null ? own : [.. own, .. security.Texts("allowedHosts", [])],
            AllowedOrigins = security.Texts("allowedOrigins", []),
            Endpoints = await EndpointReader.ReadAsync(config.Sections("endpoints")),
        };
    }

    private static bool IsLoopback(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback;

    private static FeedOptions ReadFeed(ConfigReader config)
    {
        var defaults = new FeedOptions();
        var feed = config.Section("feed").Knows(FeedKeys);
        return new FeedOptions
        {
            PollInterval = feed.Duration("poll", defaults.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            MaxWaitingCount = (int)feed.Number("waitingCount", defaults.MaxWaitingCount, 1, 10_000_000),
            MaxWaitingBytes = feed.Number("waitingBytes", defaults.MaxWaitingBytes, 1, 1L << 32),
            MaxSubscribersCount = (int)feed.Number("subscribersCount", defaults.MaxSubscribersCount, 1, 1_000_000),
        };
    }

    private IReadOnlyList<AggregateDefinition> ReadAggregates(ConfigReader config)
    {
        if (config.Find("aggregates") is not { } node)
            return [];
        try
        {
            return AggregateDefinition.ParseAll(ConfigJson.Of(node));
        }
        catch (DefinitionException error)
        {
            errors.AddRange(error.Errors.Select(one => new ConfigError(ConfigJson.Nearest(root, one.Key).Origin, one.Key, one.Found, one.Allowed)));
            return [];
        }
    }
}
