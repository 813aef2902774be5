using Tributary.Pipeline.Plugins;
using Tributary.Plugins.Exec;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage.PluginTables;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The plugins of this process, from their start to their end.</summary>
internal sealed partial class NodePlugins(
    SiloConfig config, NodeScratch scratch, NodeStore store, AfterStart<PluginHost> host, TimeProvider time,
    ILogger<NodePlugins> logger) : IAsyncDisposable
{
    /// <summary>Starts the plugins; a broken one is reported.</summary>
    /// <exception cref="TributaryException">The plugins' configuration is wrong.</exception>
    public async Task<PluginHost> StartAsync(CancellationToken cancellation)
    {
        var around = config.Pipeline;
        around.Warnings.Listen(warning => LogWarning(logger, warning));
        var isUsed = around.Listeners.Count > 0 || around.Plugins is not { Folder: null, Active: null };
        var setup = isUsed ? Find(around.Plugins) : None;
        host.Set(await PluginHost.StartAsync(
            setup, store.Store.PluginTables, time, line => LogPlugin(logger, LevelOf(line), line), cancellation));
        return host.Value;
    }

    /// <summary>For a process that only reads: no plugin runs.</summary>
    public static Task<PluginHost> StartNoneAsync(
        IPluginTables tables, TimeProvider time, CancellationToken cancellation) =>
        PluginHost.StartAsync(None, tables, time, static _ => { }, cancellation);

    public ValueTask DisposeAsync() => host.IsKnown ? host.Value.DisposeAsync() : ValueTask.CompletedTask;

    private static PluginHostSetup None => new() { Found = [] };

    private PluginHostSetup Find(PluginsConfig plugins)
    {
        var folder = scratch.Folder;
        return PluginDiscovery.Find(
            plugins, config.Aggregates, new ExecServices(time, Path.Combine(folder.Folder, "plugins"), folder.Reserve));
    }

    // A fault of a plugin and its trace are warnings; its other lines are information.
    private static LogLevel LevelOf(string line) =>
        line.Contains(": " + ExecServices.TracePrefix, StringComparison.Ordinal)
        || line.Contains(": plugin_", StringComparison.Ordinal)
            ? LogLevel.Warning
            : LogLevel.Information;
}
