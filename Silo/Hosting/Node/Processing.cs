using Tributary.Grains.Replays;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;
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
internal sealed class Processing(SiloConfig config, NodeScratch scratch, NodeStore store, DefinitionsLook look)
{
    private readonly PipelineConfig around = config.Pipeline;

    /// <summary>
    /// The mapping of messages that are posted to the API; null when the API stores and counts messages as they are.
    /// </summary>
    public MessageMapper? ApiMapper => around.Listeners.FirstOrDefault(static listener => listener.IsApi)?.Mapper;

    /// <summary>The activities of this process.</summary>
    /// <param name="door">Takes the messages that plugins offer.</param>
    /// <param name="grains">The grains that plugins may call.</param>
    /// <param name="asked">The version of the definitions that rounds ask for.</param>
    public NodeActivities NewActivities(
        Definitions definitions, PluginHost plugins, MessageIntake door, IGrainFactory grains, Func<long> asked)
    {
        var services = NewServices(definitions.Contributions, plugins) with
        {
            Offer = request => door.AcceptAsync(request),
            CatchUp = () => look.UpToAsync(asked()),
            Definitions = () => definitions.Generations.Book.Stored.Version,
            Grains = grains,
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
        IReplayTarget? TargetOf(int id)
        {
            var book = definitions.Generations.Book;
            if (book.FedOf(id) is not { } row)
                return null;
            // The replay waits for the next look, as for a passing fault.
            var fedFrom = row.FedFrom ?? throw new TributaryException(
                "generation_not_fed", $"It is not known yet from which position on generation {id} is fed.");
            if (GenerationBook.IsDeclared(row))
            {
                return new AggregateReplay(
                    book.Declared.First(one => one.Generation == id), fedFrom, services.Mappers, store.Store.Failures,
                    store.Store.Aggregates);
            }

            // Only the present code of a plugin exists: former generations stay as they are.
            return plugins.Active.Plugins.FirstOrDefault(plugin => plugin.Generation == id) is { } plugin
                ? new PluginReplay(
                    plugin.Name, plugin.Fed.First(fed => fed.Plugin == id), fedFrom, services, store.Store.Failures,
                    store.Store.Aggregates, IsProcessed)
                : null;
        }

        return new ReplayActivity(
            new ReplayServices(store.Store.Messages, store.Store.Messages.FindStoredAsync, TargetOf)
            {
                CatchUp = services.CatchUp,
            },
            ReplayOptions.Default);
    }

    // True for sources whose messages go through plugins: sources of brokers, and with a mapping of the API all others
    // as well.
    private bool IsProcessed(string source) =>
        ApiMapper is not null
        || around.Listeners.Any(listener => !listener.IsApi && listener.Broker.Name == source);
}
