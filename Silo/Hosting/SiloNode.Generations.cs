using Microsoft.Extensions.Logging;
using Tributary.Api.Processing;
using Tributary.Grains;
using Tributary.Runtime.Store;

namespace Tributary.Silo.Hosting;

/// <summary>The generations of definitions: registered at the start, built on demand, switched while all else goes on.</summary>
internal sealed partial class SiloNode
{
    /// <summary>How often a process that only reads looks whether another one has switched.</summary>
    private static readonly TimeSpan RefreshDelay = TimeSpan.FromSeconds(1);

    // A process that only reads registers nothing: what is counted is for silos to say.
    private async ValueTask<GenerationBook> RegisterAsync(PluginHost plugins, ILogger logger, CancellationToken cancellation)
    {
        if (host is null)
            return new GenerationBook(await store.Log.ReadDefinitionsAsync(cancellation), [], 0) { IsReader = true };

        DefinitionProposal[] proposals = [.. config.Aggregates.Select(definition => definition.Propose()), .. plugins.Proposals];
        var before = await store.Log.ReadDefinitionsAsync(cancellation);
        var current = await store.Log.RegisterDefinitionsAsync(proposals, cancellation);
        var book = new GenerationBook(await store.Log.ReadDefinitionsAsync(cancellation), current, config.Aggregates.Count);
        foreach (var row in book.Current.Where(static row => !row.IsLive))
            LogNotLive(logger, row.Generation, row.Name);
        var stored = (await store.Log.ReadLedgerAsync(recount: false, cancellation)).Total.Accepted;
        StoredDefinitions.Report(logger, book, before, stored);
        return book;
    }

    private ReplayActivity NewReplaying(Pipeline around, ProcessingServices services, Generations generations, Position fedFrom)
    {
        var book = generations.Book;
        var targets = new Dictionary<int, IReplayTarget>();
        foreach (var definition in book.Declared)
            targets.Add(definition.Generation, new AggregateReplay(definition, fedFrom, services.Mappers, store.Processing));
        foreach (var plugin in around.Plugins.Active.Plugins)
        {
            // Of a plugin only the code as it is now exists: former generations stay as they are.
            if (plugin.Fed.FirstOrDefault(fed => fed.Plugin == plugin.Generation) is { } fed)
                targets.Add(fed.Plugin, new PluginReplay(plugin.Name, fed, fedFrom, services, store.Processing, around.IsProcessed));
        }

        return new ReplayActivity(
            new ReplayServices(
                store.Log, store.Processing.FindStoredAsync,
                id => generations.Book.Fed.Any(row => row.Id == id) ? targets.GetValueOrDefault(id) : null),
            ReplayOptions.Default);
    }

    // A process that only reads shows what all plugins made; one that runs plugins shows those that run here.
    private List<LivePlugin> LiveOf(PluginHost plugins, GenerationBook book) => host is null
        ? [.. book.LivePlugins.Select(static one => new LivePlugin(one.Name, one.Generation))]
        : [.. plugins.Active.Plugins.Select(plugin => new LivePlugin(plugin.Name, book.LivePlugin(plugin.Name) ?? plugin.Generation))];

    private async Task RefreshAsync(Generations generations, ILogger logger, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(RefreshDelay, time, stop);
            try
            {
                await generations.RefreshAsync(stop);
            }
            catch (StoreException error) when (error.IsPassing)
            {
                // Readers see what was live before, until the database answers again.
                LogNotRefreshed(logger, error.Message);
            }
        }
    }

    [LoggerMessage(EventId = 4041, Level = LogLevel.Warning, Message = "Generation {Generation} of {Name} is counted from now on, and is not what readers see: reprocess {Name} to build it from the stored messages, then switch.")]
    private static partial void LogNotLive(ILogger logger, int generation, string name);

    [LoggerMessage(EventId = 4042, Level = LogLevel.Information, Message = "The generations have changed.")]
    private static partial void LogChanged(ILogger logger);

    [LoggerMessage(EventId = 4043, Level = LogLevel.Warning, Message = "The generations could not be read: {Error}")]
    private static partial void LogNotRefreshed(ILogger logger, string error);
}
