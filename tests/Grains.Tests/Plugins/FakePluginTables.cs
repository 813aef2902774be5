using Tributary.Plugins;
using Tributary.Storage.PluginTables;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>Keeps what it is given, once per (message, plugin, generation), or throws what a test says.</summary>
internal sealed class FakePluginTables : IPluginTables
{
    private readonly Lock gate = new();
    private readonly HashSet<(MessageId, string, int)> applied = [];

    public List<(string Plugin, string Script)> Scripts { get; } = [];

    public List<PluginCommand> Commands { get; } = [];

    public Exception? Fault { get; set; }

    public ValueTask InitialiseAsync(string plugin, string script, CancellationToken cancellation)
    {
        lock (gate)
            Scripts.Add((plugin, script));
        return Fault is null ? ValueTask.CompletedTask : throw Fault;
    }

    public ValueTask<bool> ApplyAsync(
        MessageId message, string plugin, int generation, IReadOnlyList<PluginCommand> commands,
        CancellationToken cancellation)
    {
        if (Fault is not null)
            throw Fault;
        lock (gate)
        {
            if (!applied.Add((message, plugin, generation)))
                return new(false);
            Commands.AddRange(commands);
            return new(true);
        }
    }
}
