using Tributary.Grains.Replays;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Processing;
using Tributary.Pipeline.Replays;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Generations;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Builds the processing of messages from outside: mappers, content, plugins, and the activities that process and
/// replay.
/// </summary>
internal sealed class Processing(SiloConfig config, NodeScratch scratch, NodeStore store)
{
    private readonly PipelineConfig around = config.Pipeline;

    /// <summary>
    /// The mapping of messages that are posted to the API; null when the API stores and counts messages as they are.
    /// </summary>
    public MessageMapper? ApiMapper => around.Listeners.FirstOrDefault(static listener => listener.IsApi)?.Mapper;

    /// <summary>The activities of this process.</summary>
    /// <param name="door">Takes the messages that plugins offer.</param>
    public NodeActivities NewActivities(Definitions definitions, PluginHost plugins, MessageIntake door)
    {
        var services = NewServices(definitions.Contributions, plugins) with
        {
            Offer = request => door.AcceptAsync(request),
        };
        return new NodeActivities(
            new ProcessActivity(services, around.Processing), NewReplaying(definitions, plugins, services));
    }

    private ProcessingServices NewServices(ContributionCalculator contributions, PluginHost plugins)
    {
        var fetcher = new ContentFetcher(around.Content, around.Metadata, scratch.Folder, around.Processing);
        var mappers = new MessageMappers(
            around.Listeners.Where(static listener => !listener.IsApi)
                .ToDictionary(static listener => listener.Broker.Name, static listener => listener.Mapper),
            ApiMapper);
        return new ProcessingServices(plugins, fetcher, store.Store.Messages.FindStoredAsync, mappers, contributions);
    }

    private ReplayActivity NewReplaying(Definitions definitions, PluginHost plugins, ProcessingServices services)
    {
        var generations = definitions.Generations;
        var fedFrom = definitions.FedFrom;
        var targets = new Dictionary<int, IReplayTarget>();
        foreach (var definition in generations.Book.Declared)
            targets.Add(
                definition.Generation, new AggregateReplay(
                    definition, fedFrom, services.Mappers, store.Store.Failures, store.Store.Aggregates));
        foreach (var plugin in plugins.Active.Plugins)
        {
            // Only the present code of a plugin exists: former generations stay as they are.
            if (plugin.Fed.FirstOrDefault(fed => fed.Plugin == plugin.Generation) is { } fed)
                {
                targets.Add(
                    fed.Plugin, new PluginReplay(
                        plugin.Name, fed, fedFrom, services, store.Store.Failures, store.Store.Aggregates,
                        IsProcessed));
            }
        }

        return new ReplayActivity(
            new ReplayServices(
                store.Store.Messages, store.Store.Messages.FindStoredAsync,
                id => generations.Book.Fed.Any(row => row.Id == id) ? targets.GetValueOrDefault(id) : null),
            ReplayOptions.Default);
    }

    // True for sources whose messages go through plugins: sources of brokers, and with a mapping of the API all others
    // as well.
    private bool IsProcessed(string source) =>
        ApiMapper is not null
        || around.Listeners.Any(listener => !listener.IsApi && listener.Broker.Name == source);
}
