using System.Text.Json;
using Tributary.Connectors;
using Tributary.Connectors.Scratch;
using Tributary.Grains.Items.Retries;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Processing;

namespace Tributary.Silo.Configuration;

/// <summary>
/// The brokers that bring messages in, the stores of their content, and the plugins that process them.
/// </summary>
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

    /// <summary>The folder of scratch files.</summary>
    public string ScratchDirectory { get; init; } = Path.Combine(Path.GetTempPath(), "tributary");

    /// <summary>How much of the disk scratch files may take.</summary>
    public ScratchOptions Scratch { get; init; } = new();

    /// <summary>Warnings of connectors for the operator; kept until a listener takes them.</summary>
    public Warnings Warnings { get; init; } = new();
}

/// <param name="Mapper">Makes messages of the broker's deliveries.</param>
/// <param name="IsApi">True for messages that are posted to the API.</param>
public sealed record ListenerConfig(IBroker Broker, MessageMapper Mapper, bool IsApi);

/// <summary>The plugins that run, and their configuration.</summary>
public sealed record PluginsConfig
{
    /// <summary>The folder that holds one folder per plugin; null when there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>The names of the plugins that run; null for all.</summary>
    public IReadOnlyList<string>? Active { get; init; }

    /// <summary>The names of the plugins that do not run.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary><c>custom</c>: given to every plugin.</summary>
    public JsonElement Custom { get; init; } = JsonElement.Parse("{}"u8);

    /// <summary><c>plugin</c>: by plugin, given to that plugin.</summary>
    public IReadOnlyDictionary<string, JsonElement> ByPlugin { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>How long a plugin may take with one message, unless it sets another limit.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Lines for the operator, kept until a listener takes them.</summary>
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

    /// <summary>Hands the waiting lines to the listener, and every line from now on.</summary>
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
