using System.Text;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Processing;

/// <summary>Stores that hold what a test puts there, and answer as it says.</summary>
internal sealed class FakeOutside : IContentStore, IMetadataStore, IScratch
{
    public Dictionary<string, Func<ContentSource>> Contents { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Scratch files that were made, and those that are left.</summary>
    public int FilesCount { get; private set; }

    public int FilesLeft { get; private set; }

    public ConnectorException? Down { get; set; }

    public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        if (Down is not null)
            throw Down;
        return ValueTask.FromResult(Contents.TryGetValue(location, out var open)
            ? open()
            : throw new ConnectorException(ConnectorFault.Missing, "content_missing", $"Nothing at '{location}'."));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation)
    {
        if (Down is not null)
            throw Down;
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(Metadata.TryGetValue(location, out var json)
            ? Encoding.UTF8.GetBytes(json)
            : throw new ConnectorException(ConnectorFault.Missing, "metadata_missing", $"Nothing at '{location}'."));
    }

    public void Put(string location, byte[] content, string? mediaType = null, long? length = null) =>
        Contents[location] = () => new ContentSource(new MemoryStream(content), length ?? content.Length, mediaType);

    public IScratchFile Create(long? length = null)
    {
        FilesCount++;
        FilesLeft++;
        return new File(this);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class File(FakeOutside outside) : IScratchFile
    {
        private readonly MemoryStream content = new();

        public string Path => "/scratch/1";

        public Stream Writer => content;

        public Stream OpenRead() => new MemoryStream(content.ToArray());

        public void Dispose() => outside.FilesLeft--;
    }
}

/// <summary>Plugins that do what a test says.</summary>
internal sealed class FakePlugins : IPluginHost
{
    public FakePlugins(params IActivePlugin[] plugins) => Active = new ActivePlugins(1, plugins);

    public ActivePlugins Active { get; set; }
}

internal sealed class FakePlugin(string name, string accepts, Func<PluginContext, PluginRun> run) : IActivePlugin
{
    public List<PluginContext> Seen { get; } = [];

    public string Name => name;

    public string Version => "1";

    public int Generation => 7;

    public static FakePlugin Good(string name, string accepts = "*") =>
        new(name, accepts, _ => new PluginRun(PluginResult.Empty, []));

    public bool Accepts(string mediaType) => accepts == "*" || accepts == mediaType;

    public ValueTask<PluginRun> RunAsync(PluginContext context, CancellationToken cancellation)
    {
        lock (Seen)
            Seen.Add(context);
        return ValueTask.FromResult(run(context));
    }
}
