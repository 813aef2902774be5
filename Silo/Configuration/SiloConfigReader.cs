using Tributary.Api;
using Tributary.Connectors.Configuration;
using Tributary.Feed;
using Tributary.Grains.Dedupe;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Rounds;

namespace Tributary.Silo.Configuration;

/// <summary>Checks the configuration and names every error in it.</summary>
internal static class SiloConfigReader
{
    public const string DefaultUrl = "http://127.0.0.1:8888";
    public const int MinKeyChars = 16;

    private const int MaxListCount = 64;
    private const int MaxStopDelaySeconds = 300;


    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <exception cref="ConfigException">Something is wrong; names every error.</exception>
    /// <param name="baseFolder">Relative paths of connectors and plugins start from here.</param>
    /// <param name="onlyPlugins">The variable PLUGIN, or null.</param>
    public static SiloConfig Read(ConfigMap root, string baseFolder, string? onlyPlugins, List<ConfigError> errors)
    {
        var defaults = new SiloConfig();
        var section = new ConfigField(root, "", root.Origin, errors).Section([
            "api",
            "data",
            "database",
            "cluster",
            "aggregates",
            "indexed_paths",
            "endpoints",
            "limits",
            "logging",
            "roles",
            .. PipelineReader.Keys,
        ]);
        var limits = section["limits"]
            .Section(
                "body_bytes", "waiting_calls", "waiting_bytes", "activations", "connections", "subscribers",
                "dedupe_days",
                "stop_delay_seconds");
        var logging = section["logging"].Section("level", "format");
        var (listen, api) = Api(section["api"], defaults);
        api.MaxBodyBytes = (int)(limits["body_bytes"].Whole(1_024, 64 << 20, "bytes") ?? api.MaxBodyBytes);
        api.Endpoints = EndpointsReader.Read(section["endpoints"]);
        var data = section["data"].Text("the path of a folder") ?? defaults.DataDirectory;
        var database = DatabaseReader.Read(section["database"], baseFolder);
        var pipeline = PipelineReader.Read(section, baseFolder, data, onlyPlugins);
        var config = new SiloConfig
        {
            Roles = ReadRoles(section["roles"], database),
            Pipeline = pipeline,
            Listen = listen,
            DataDirectory = data,
            DatabaseType = database.Connection is null ? defaults.DatabaseType : "postgres",
            Connection = database.Connection,
            InitScript = database.InitScript,
            Cluster = ClusterReader.Read(section["cluster"], database, baseFolder),
            Api = api,
            Feed = new FeedOptions
            {
                MaxSubscribersCount = (int)(
                    limits["subscribers"].Whole(1, 1_000_000, "subscribers") ?? defaults.Feed.MaxSubscribersCount),
            },
            IndexedPaths = IndexedPaths(section["indexed_paths"]),
            Silo = Silo(limits, defaults.Silo, listen, pipeline),
            Dedupe = new DedupeOptions
            {
                Remember = limits["dedupe_days"].Whole(1, 3_650, "days") is { } days
                    ? TimeSpan.FromDays(days)
                    : defaults.Dedupe.Remember,
            },
            MaxConnectionsCount = (int)(
                limits["connections"].Whole(1, 1_000_000, "connections") ?? defaults.MaxConnectionsCount),
            StopDelay = limits["stop_delay_seconds"].Whole(0, MaxStopDelaySeconds, "seconds") is { } delay
                ? TimeSpan.FromSeconds(delay)
                : defaults.StopDelay,
            Aggregates = AggregatesReader.Read(section["aggregates"], errors),
            LogLevel = Enum.Parse<LogLevel>(
                logging["level"].OneOf("trace", "debug", "information", "warning", "error") ?? "information",
                ignoreCase: true),
            IsJsonLog = logging["format"].OneOf("text", "json") == "json",
        };
        return errors.Count == 0 ? config : throw new ConfigException(errors);
    }

    private static Roles ReadRoles(ConfigField field, DatabaseConfig database)
    {
        var roles = Roles.None;
        foreach (var item in field.List(2, "silo, api or both"))
        {
            roles |= item.OneOf("silo", "api") switch
            {
                "silo" => Roles.Silo,
                "api" => Roles.Api,
                _ => Roles.None,
            };
        }

        if (roles == Roles.Api && database.Connection is null)
            field.Fail(
                "the role api alone with the embedded database",
                "both roles, or database.type: postgres, which several processes share");
        return roles == Roles.None ? Roles.Silo | Roles.Api : roles;
    }

    private static List<string> IndexedPaths(ConfigField field)
    {
        var pointers = new List<string>();
        foreach (var item in field.List(IndexedPath.MaxCount, IndexedPath.Allowed))
        {
            if (item.Text(IndexedPath.Allowed) is not { } text)
            {
                if (!item.IsSet)
                    item.Fail(IndexedPath.Allowed);
            }
            else if (JsonPointer.TryParse(text, out var pointer)
                && IndexedPath.IsAllowed(pointer)
                && !pointers.Contains(text))
                pointers.Add(text);
            else
                item.Fail(IndexedPath.Allowed);
        }

        return pointers;
    }

    private static RoundOptions Silo(
        ConfigSection limits,
        RoundOptions defaults,
        IReadOnlyList<string> listen,
        PipelineConfig pipeline
    ) =>
        new()
        {
            MaxWaitingActivitiesCount = pipeline.MaxBacklogCount,
            // Twice the backlog: rounds on their way add messages to those of the backlog. With fewer, messages would
            // be read back one by one for as long as the backlog is full.
            MaxLocalHandOversCount = Math.Max(defaults.MaxLocalHandOversCount, 2 * pipeline.MaxBacklogCount),
            // More activities than run at once, so that the next has begun when one ends.
            MaxActivitiesCount = Math.Max(defaults.MaxActivitiesCount, 2 * pipeline.Processing.MaxRunningCount),
            Address = listen.Count > 0 ? listen[0] : "",
            MaxWaitingCallsCount = (int)(
                limits["waiting_calls"].Whole(100, 10_000_000, "calls") ?? defaults.MaxWaitingCallsCount),
            MaxWaitingBytes = limits["waiting_bytes"].Whole(1 << 20, 64L << 30, "bytes") ?? defaults.MaxWaitingBytes,
            MaxActivationsCount = (int)(
                limits["activations"].Whole(1_000, 100_000_000, "grains") ?? defaults.MaxActivationsCount),
        };

    private static (IReadOnlyList<string> Listen, ApiOptions Api) Api(ConfigField field, SiloConfig defaults)
    {
        var api = field.Section("urls", "keys", "insecure", "hosts", "origins");
        var urls = api["urls"];
        var addresses = new List<ListenAddress>();
        foreach (var item in urls.List(MaxListCount, ListenAddress.Allowed))
        {
            if (ListenAddress.TryParse(item.Text(ListenAddress.Allowed) ?? DefaultUrl) is { } address)
                addresses.Add(address);
            else
                item.Fail(ListenAddress.Allowed);
        }

        if (urls.IsSet && urls.Node is ConfigList { Items.Count: 0 })
            urls.Fail("a list of 0", $"a list of 1 to {MaxListCount}: {ListenAddress.Allowed}");
        if (!urls.IsSet)
            addresses.AddRange(defaults.Listen.Select(ListenAddress.Parse));

        var keys = Texts(api["keys"], $"a key of {MinKeyChars} to 256 visible ASCII characters", IsKey, isSecret: true);
        var isInsecure = api["insecure"].Flag() ?? false;
        var open = addresses.Find(address => !address.IsLoopback);
        // An open server needs two decisions of the operator: an address, and that the server may be open.
        if (open is not null && keys.Count == 0 && !isInsecure)
        {
            urls.Fail(
                $"{open}, which other machines reach, without API keys",
                "loopback addresses such as http://127.0.0.1:8888; or set api.keys; or say api.insecure: true "
                + "(--insecure) when everybody who reaches the address may read and write");
        }

        var hosts = Texts(api["hosts"], "a name or an address without a port", static text =>
            !text.Contains('/', StringComparison.Ordinal));
        if (open is null && keys.Count == 0)
            // A web page must not reach an open server under a host name of its own.
            hosts =
            [
                .. LoopbackNames,
                .. addresses.Select(address => address.Host?.ToString()).OfType<string>(),
                .. hosts,
            ];
        const string OriginAllowed =
            "an origin such as https://example.org, as browsers send it: without a path, "
            + "and without the port that the scheme implies";
        var origins = Texts(api["origins"], OriginAllowed, IsOrigin);
        return (
            [.. addresses.Select(address => address.ToString())],
            new ApiOptions
            {
                ApiKeys = keys,
                AllowedHosts = hosts,
                AllowedOrigins = origins,
            });
    }

    // Browsers send an origin in one form only; an origin in any other form would never match.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);

    private static bool IsKey(string key) =>
        key.Length is >= MinKeyChars and <= 256 && key.All(character => character is > ' ' and <= '~');

    private static List<string> Texts(
        ConfigField field, string allowed, Func<string, bool> isAllowed, bool isSecret = false)
    {
        var texts = new List<string>();
        foreach (var item in field.List(MaxListCount, allowed))
        {
            if (item.Text(allowed, isSecret) is not { } text)
            {
                if (!item.IsSet)
                    item.Fail(allowed, isSecret);
            }
            else if (isAllowed(text))
                texts.Add(text);
            else
                item.Fail(allowed, isSecret);
        }

        return texts;
    }
}
