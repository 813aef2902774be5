using System.Text.Json;
using Tributary.Connectors;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Registry;
using Tributary.Connectors.Scratch;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins.BuiltIn;
using Tributary.Pipeline.Processing;
using Tributary.Pipeline.Retries;
using Tributary.Plugins.Folders;

namespace Tributary.Silo.Configuration;

/// <summary>
/// Reads brokers, stores and plugins. The topics are those of sqAPI's configurations; <c>docs/configuration.md</c>
/// names the differences and additions.
/// </summary>
internal sealed class PipelineReader
{
    private const int MaxBrokersCount = 64;
    private const int MaxPluginsCount = 256;
    private const long MaxContentBytes = 1L << 40;
    private const long MaxScratchBytes = 1L << 44;
    private const string PluginAllowed = "the name of a plugin: 1 to 64 letters, digits, - and _";

    private readonly ConfigSection root;
    private readonly Warnings warnings = new();
    private readonly ConnectorServices services;
    private readonly ConnectorRegistry registry;
    private readonly string baseFolder;

    private PipelineReader(ConfigSection root, string baseFolder)
    {
        this.root = root;
        this.baseFolder = baseFolder;
        services = new ConnectorServices(TimeProvider.System, warnings.Add, baseFolder);
        registry = ConnectorRegistry.Load(root["connectors"], services);
    }

    /// <summary>The keys of the configuration that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "broker",
        "msg_broker",
        "message",
        "message_fields",
        "data_store",
        "meta_store",
        "connectors",
        "active_plugins",
        "disabled_plugins",
        "plugins",
        "plugin",
        "custom",
        "packages",
        "retry",
        "processing",
    ];

    /// <param name="baseFolder">Relative paths start from here: the folder of the file.</param>
    /// <param name="only">The variable PLUGIN: names with commas between, or null.</param>
    public static PipelineConfig Read(ConfigSection root, string baseFolder, string dataDirectory, string? only) =>
        new PipelineReader(root, baseFolder).Read(dataDirectory, only);

    private PipelineConfig Read(string dataDirectory, string? only)
    {
        var processing = root["processing"]
            .Section(
                "running", "backlog", "content_bytes", "memory_bytes", "metadata_bytes", "plugin_seconds", "scratch",
                "scratch_bytes", "scratch_reserve_bytes");
        var defaults = new PipelineConfig();
        ReadPackages(root["packages"]);
        return new PipelineConfig
        {
            Listeners = ReadListeners(),
            Content = root["data_store"].IsSet ? registry.CreateContentStore(root["data_store"], services) : null,
            Metadata = root["meta_store"].IsSet ? registry.CreateMetadataStore(root["meta_store"], services) : null,
            Retry = RetryPolicyReader.Read(root["retry"]),
            Processing = new ProcessingOptions
            {
                MaxRunningCount = (int)(
                    processing["running"].Whole(1, 10_000, "messages") ?? defaults.Processing.MaxRunningCount),
                MaxContentBytes = processing["content_bytes"].Whole(1, MaxContentBytes, "bytes")
                    ?? defaults.Processing.MaxContentBytes,
                MaxMemoryBytes = (int)(
                    processing["memory_bytes"].Whole(0, 64 << 20, "bytes") ?? defaults.Processing.MaxMemoryBytes),
                MaxMetadataBytes = (int)(
                    processing["metadata_bytes"].Whole(1, 64 << 20, "bytes") ?? defaults.Processing.MaxMetadataBytes),
            },
            MaxBacklogCount = (int)(processing["backlog"].Whole(1, 10_000_000, "messages") ?? defaults.MaxBacklogCount),
            ScratchDirectory = processing["scratch"].Text("the path of a folder") is { } scratch
                ? Path.GetFullPath(scratch, baseFolder)
                : Path.GetFullPath(Path.Combine(dataDirectory, "scratch")),
            Scratch = new ScratchOptions
            {
                MaxBytes = processing["scratch_bytes"].Whole(1 << 20, MaxScratchBytes, "bytes")
                    ?? defaults.Scratch.MaxBytes,
                ReserveBytes = processing["scratch_reserve_bytes"].Whole(0, MaxScratchBytes, "bytes")
                    ?? defaults.Scratch.ReserveBytes,
            },
            Plugins = ReadPlugins(only) with
            {
                TimeLimit = TimeSpan.FromSeconds(
                    processing["plugin_seconds"].Whole(1, 86_400, "seconds")
                        ?? (long)defaults.Plugins.TimeLimit.TotalSeconds),
            },
            Warnings = warnings,
        };
    }

    private List<ListenerConfig> ReadListeners()
    {
        var brokers = root["broker"].IsSet ? root["broker"] : root["msg_broker"];
        if (root["broker"].IsSet && root["msg_broker"].IsSet)
            root["msg_broker"].Fail("both broker and msg_broker", "one of them");
        var shared = WithFields(MessageMappingReader.Read(root["message"]), root["message_fields"]);
        IReadOnlyList<ConfigField> fields =
            brokers.Node is ConfigMap ? [brokers] : brokers.List(MaxBrokersCount, "maps with a type");
        var listeners = new List<ListenerConfig>();
        foreach (var field in fields)
        {
            if (registry.CreateBroker(field, services) is not { } broker)
                continue;
            if (listeners.Exists(other => other.Broker.Name == broker.Name))
                field.Fail($"a second broker named '{broker.Name}'", "a name of its own, by the key name");
            listeners.Add(new ListenerConfig(broker, new MessageMapper(MappingOf(field, shared)), IsApi(field)));
        }

        return listeners;
    }

    private static bool IsApi(ConfigField broker) =>
        broker.Node is ConfigMap map && map.Fields["type"] is ConfigScalar { Text: "rest" };

    // A broker may have its own mapping; the old place of the fields is inside the broker too.
    private static MessageMapping MappingOf(ConfigField broker, MessageMapping shared)
    {
        var inner = broker.Section([.. ((ConfigMap)broker.Node!).Fields.Keys]);
        return WithFields(
            inner["message"].IsSet ? MessageMappingReader.Read(inner["message"]) : shared, inner["message_fields"]);
    }

    private static MessageMapping WithFields(MessageMapping mapping, ConfigField fields) =>
        fields.IsSet ? mapping with { Fields = MessageMappingReader.ReadFields(fields) } : mapping;

    private PluginsConfig ReadPlugins(string? only)
    {
        var folder = root["plugins"].Text("the path of a folder with a folder for each plugin");
        var path = folder is null ? null : Path.GetFullPath(folder, baseFolder);
        if (path is not null && !Directory.Exists(path))
            root["plugins"].Fail("the path of a folder with a folder for each plugin");
        IReadOnlyList<string> active = only is { Length: > 0 }
            ? only.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : Names(root["active_plugins"]);
        return new PluginsConfig
        {
            Folder = path,
            Active = active.Count > 0 ? active : null,
            Disabled = Names(root["disabled_plugins"]),
            Custom = ReadMap(root["custom"], "a map; every plugin of a folder is given it"),
            ByPlugin = ReadByPlugin(path),
        };
    }

    private Dictionary<string, JsonElement> ReadByPlugin(string? folder)
    {
        var field = root["plugin"];
        if (field.Node is not ConfigMap map)
        {
            if (field.IsSet)
                field.Fail("a map with the names of plugins, each with a map of what it is told");
            return [];
        }

        var sections = field.Section([
            .. BuiltInPlugins
                .All()
                .Select(plugin => plugin.Name)
                .Concat(FoldersOf(folder))
                .Order(StringComparer.Ordinal),
        ]);
        return map.Fields.Keys.ToDictionary(
            name => name, name => ReadMap(sections[name], "a map of what the plugin is told"));
    }

    private static IEnumerable<string> FoldersOf(string? root) =>
        root is null || !Directory.Exists(root) ? [] : PluginFolder.Find(root).Select(folder => folder.Name);

    private static JsonElement ReadMap(ConfigField field, string allowed)
    {
        if (field.IsSet && field.Node is ConfigMap map)
            return ConfigJson.Of(map);
        if (field.IsSet)
            field.Fail(allowed);
        return JsonElement.Parse("{}"u8);
    }

    private static List<string> Names(ConfigField field)
    {
        var names = new List<string>();
        foreach (var item in field.List(MaxPluginsCount, PluginAllowed))
        {
            if (item.Text(PluginAllowed) is { } name)
                names.Add(name);
        }

        return names;
    }

    // Plugins bring their packages with them: the server installs none.
    private void ReadPackages(ConfigField packages)
    {
        if (packages.Section("install")["install"].Flag() == true)
            warnings.Add("packages.install is true, and is passed over: plugins bring what they need.");
    }
}
