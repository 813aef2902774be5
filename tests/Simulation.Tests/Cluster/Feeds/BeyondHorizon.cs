using Tributary.Messages;
using Tributary.Storage.InMemory;
using Tributary.Storage.Messages;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>
/// The canary of the horizon: a tail that reads all that is durable, although what began earlier may end later.
/// </summary>
internal sealed class BeyondHorizon(ClusterRun run) : IMessageReads
{
    private readonly IMessageReads reads = new InMemoryStore(run.Database).Messages;

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(new Position(run.Log.End.Value + 1));

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) =>
        ValueTask.FromResult(new MessageSlice(
            [.. run.Database.Messages.Where(message => message.Position > after)],
            new Position(Math.Max(after.Value, run.Log.End.Value) + 1), Complete: true));

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) =>
        reads.ReadNewestAsync(below, offset, limit, cancellation);

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
        reads.CountBelowAsync(below, cancellation);

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
        reads.FindAsync(id, cancellation);

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        reads.FindStoredAsync(id, cancellation);

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation) => reads.FindMessagesAsync(ids, cancellation);

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        reads.QueryMessagesAsync(query, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        reads.CountMessagesAsync(filter, cancellation);

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) => reads.QueryItemMessagesAsync(query, cancellation);
}
