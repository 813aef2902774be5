using Tributary.Aggregates;
using Tributary.Storage;

namespace Tributary.Grains.Tests.Grains;

/// <summary>A clock that stands still at <see cref="FakeTurn.Start"/> plus what a test adds.</summary>
internal sealed class FixedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = FakeTurn.Start;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>A log that refuses every read that a test does not expect.</summary>
internal abstract class FakeMessageLog : IMessageLog
{
    public abstract ValueTask<int> CutExternalIdsAsync(
        DateTimeOffset before, int limit, CancellationToken cancellation);

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) => throw Unexpected();

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) => throw Unexpected();

    public virtual ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) =>
        throw Unexpected();

    public virtual ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation
    ) => throw Unexpected();

    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        throw Unexpected();

    private static InvalidOperationException Unexpected() => new("This read was not expected.");
}
