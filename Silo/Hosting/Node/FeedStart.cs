using Tributary.Feed;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Node;

/// <summary>Starts the one feed tail of this node, when the database that it reads is known.</summary>
internal sealed class FeedStart(
    SiloConfig config, NodeStore store, AfterStart<FeedTail> tail, NodeBackground background, TimeProvider time,
    ILogger<FeedTail> logger)
{
    public FeedTail Begin(StoreFacts facts)
    {
        var begun = new FeedTail(store.Store.Messages, facts.HistoryId, config.Feed, time, logger);
        store.Facts = facts;
        tail.Set(begun);
        background.Run("The tail of the feed", begun.RunAsync);
        return begun;
    }
}
