using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tributary.Grains.Tests.Grains;
using Tributary.Messages;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>A plugin whose parts a test writes.</summary>
internal sealed class FakePlugin(string name, Func<PluginContext, CancellationToken, ValueTask<PluginResult>> execute)
    : IPlugin
{
    public FakePlugin(string name, Func<PluginContext, PluginResult> execute)
        : this(name, (context, _) => new(execute(context)))
    {
    }

    public string Name { get; } = name;

    public string Version { get; init; } = "1";

    public IReadOnlyList<string> MediaTypes { get; init; } = ["*/*"];

    public JsonElement? Aggregates { get; init; }

    public Func<PluginSetup, CancellationToken, ValueTask> Start { get; init; } = (_, _) => ValueTask.CompletedTask;

    public ValueTask StartAsync(PluginSetup setup, CancellationToken cancellation) => Start(setup, cancellation);

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation) =>
        execute(context, cancellation);
}

/// <summary>A host with what it needs, and messages for its plugins.</summary>
internal sealed class PluginBench
{
    public PluginTime Time { get; } = new();

    public FakePluginTables Tables { get; } = new();

    public List<string> Log { get; } = [];

    public PluginHostOptions Options { get; } =
        new() { TimeLimit = TimeSpan.FromSeconds(60), Grace = TimeSpan.FromSeconds(5) };

    public static JsonElement CountByKind { get; } = JsonElement.Parse("""
        [{"name": "kinds", "group": [{"name": "kind", "pointer": "/kind"}],
          "measures": [{"name": "count", "kind": "count"}]}]
        """u8);

    public static PluginSource Source(IPlugin plugin) => new(plugin, "a test", AppContext.BaseDirectory);

    public Task<PluginHost> StartAsync(params PluginSource[] found) =>
        StartAsync(new PluginHostSetup { Found = found, Options = Options });

    public Task<PluginHost> StartAsync(PluginHostSetup setup) => PluginHost.StartAsync(
        setup with { Options = Options }, Tables, Time,
        line =>
        {
            lock (Log)
                Log.Add(line);
        },
        TestContext.Current.CancellationToken);

    /// <summary>A host whose generations are numbered from 1 as proposed.</summary>
    public async Task<PluginHost> BoundAsync(params IPlugin[] plugins)
    {
        var host = await StartAsync([.. plugins.Select(Source)]);
        host.Bind(Register(host.Proposals));
        return host;
    }

    public static IReadOnlyList<DefinitionRow> Register(IReadOnlyList<DefinitionProposal> proposals, int firstId = 1) =>
        [
            .. proposals.Select(
                (one, index) =>
                    new DefinitionRow(firstId + index, one.Name, 1, one.Hash, one.Definition, FakeTurn.Start)),
        ];

    public static PluginContext Context(string content = "content", string mediaType = "text/plain", int number = 1) =>
        Context(Encoding.UTF8.GetBytes(content), mediaType, number);

    public static PluginContext Context(byte[] content, string mediaType, int number = 1) => new(
        () => new MemoryStream(content, writable: false))
    {
        Message = new Message
        {
            Id = new MessageId(new Guid(number, 0, 0, new byte[8])),
            Source = "test",
            Item = $"item-{number}",
            MediaType = "application/json",
            Body = "{}"u8.ToArray(),
            ReceivedAt = FakeTurn.Start,
        },
        MediaType = mediaType,
        ContentLength = content.Length,
        ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
    };

    public static PluginResult Records(params string[] records) =>
        new()
        {
            Records = [.. records.Select((json, index) => new PluginRecord(Encoding.UTF8.GetBytes(json), $"{index}"))],
        };

    public static PluginResult Contribution(string aggregate, string json) =>
        new() { Contributions = [new PluginContribution(aggregate, Encoding.UTF8.GetBytes(json))] };
}
