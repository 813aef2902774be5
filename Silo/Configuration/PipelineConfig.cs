using System.Text.Json;
using Tributary.Connectors;
using Tributary.Connectors.Scratch;
using Tributary.Grains.Items.Retries;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Processing;

namespace Tributary.Silo.Configuration;

/// <summary>What brings messages in from outside, where their content lies, and what is done with them.</summary>
public sealed record PipelineConfig
{
    public IReadOnlyList<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>Null without <c>data_store</c>.</summary>
    public IContentStore? Content { get; init; }

    /// <summary>Null without <c>meta_store</c>.</summary>
    public IMetadataStore? Metadata { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    public ProcessingOptions Processing { get; init; } = new();

    /// <summary>Messages that may wait to be processed before brokers are slowed down.</summary>
    public int MaxBacklogCount { get; init; } = 10_000;

    public PluginsConfig Plugins { get; init; } = new();

    /// <summary>Where scratch files go.</summary>
    public string ScratchDirectory { get; init; } = Path.Combine(Path.GetTempPath(), "tributary");

    /// <summary>How much of the disk scratch files may take.</summary>
    public ScratchOptions Scratch { get; init; } = new();

    /// <summary>What connectors say to the operator; kept until somebody listens.</summary>
    public Warnings Warnings { get; init; } = new();
}

/// <param name="Mapper">How what it receives becomes messages.</param>
/// <param name="IsApi">True when the messages are those that are posted to the API.</param>
public sealed record ListenerConfig(IBroker Broker, MessageMapper Mapper, bool IsApi);

/// <summary>Which plugins run, and with what.</summary>
public sealed record PluginsConfig
{
    /// <summary>The folder with a folder for each plugin; null without.</summary>
    public string? Folder { get; init; }

    /// <summary>The names of those that run; null for all.</summary>
    public IReadOnlyList<string>? Active { get; init; }

    /// <summary>The names of those that do not run.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary><c>custom</c>: given to every plugin.</summary>
    public JsonElement Custom { get; init; } = JsonElement.Parse("{}"u8);

    /// <summary><c>plugin</c>: by plugin, given to that plugin.</summary>
    public IReadOnlyDictionary<string, JsonElement> ByPlugin { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>How long a plugin that says nothing else may take with one message.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Lines for the operator, kept until somebody listens.</summary>
public sealed class Warnings
{
    /// <summary>Lines that may wait; further ones are dropped.</summary>
    private const int MaxWaitingCount = 100;

    private readonly Lock gate = new();
    private readonly List<string> waiting = [];
    private Action<string>? listener;

    public void Add(string warning)
    {
        Action<string>? listens;
        lock (gate)
        {
            listens = listener;
            if (listens is null && waiting.Count < MaxWaitingCount)
                waiting.Add(warning);
        }

        listens?.Invoke(warning);
    }

    /// <summary>Hands over what waits, and everything from now on.</summary>
    public void Listen(Action<string> listens)
    {
        lock (gate)
        {
            listener = listens;
            foreach (var warning in waiting)
                listens(warning);
            waiting.Clear();
        }
    }
}
