using Tributary.Aggregates;
using Tributary.Grains.Replays;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Processing;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Failures;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <summary>
/// Builds a generation of a declarative aggregate. The rows of messages, which never change, name the generations that
/// were fed with them.
/// </summary>
/// <param name="aggregates">
/// For messages that could be mapped only after they were accepted: their outcomes stand apart.
/// </param>
public sealed class AggregateReplay(
    DefinedGeneration definition, Position fedFrom, MessageMappers mappers, IFailureReads failures,
    IAggregateReads aggregates) : IReplayTarget
{
    // Apart from the door's calculator, so that refusals of new messages are not mixed with those of stored ones.
    private readonly ContributionCalculator calculator = new([definition]);

    public int Generation => definition.Generation;

    public Position FedFrom => fedFrom;

    // A message has one share at most, so a slice makes fewer calls than one turn can chain.
    public int MaxSliceCount => 900;

    public async ValueTask<ReplayedMessages> RunAsync(
        IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
    {
        var late = await LateAsync(messages, cancellation);
        var counted = 0;
        var shares = new Dictionary<RoundGrainId, AggregateDelta>();
        foreach (var message in messages)
        {
            if (message.Generations.Contains(definition.Generation) || BodyOf(message, late) is not { } body)
                continue;
            foreach (var contribution in calculator.Calculate(message.Source, body.Span, message.ReceivedAt))
            {
                counted++;
                if (shares.TryGetValue(contribution.Aggregate, out var share))
                    share.Absorb(contribution.Delta);
                else
                    shares.Add(contribution.Aggregate, contribution.Delta.Fork());
            }
        }

        return ReplayedMessages.None with { CountedCount = counted, Shares = shares };
    }

    // A message that could not be mapped is counted nowhere. When it can be mapped, its own turn counts it in the
    // generations that are fed then.
    private ReadOnlyMemory<byte>? BodyOf(StoredMessage message, HashSet<Position> late)
    {
        if (message.MediaType == RefusedEnvelope.ContentType)
            return null;
        if (message.MediaType != UnparsedEnvelope.MediaType)
            return message.Body;
        if (!late.Contains(message.Position) || mappers.Of(message.Source) is not { } mapper)
            return null;
        try
        {
            return mapper.Map(UnparsedEnvelope.ReadRaw(message.Body.Span)).Body;
        }
        catch (TributaryException)
        {
            // The message was mapped once, so the mapping was changed since.
            return null;
        }
    }

    // The messages that were mapped after they were accepted and are not counted here. Open parts are read before
    // outcomes: a message whose own turn comes in between is found as counted.
    private async ValueTask<HashSet<Position>> LateAsync(
        IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
    {
        List<Position> unparsed =
        [
            .. messages
                .Where(static message => message.MediaType == UnparsedEnvelope.MediaType)
                .Select(static message => message.Position),
        ];
        if (unparsed.Count == 0)
            return [];
        var left = await failures.FindPartsAsync(unparsed, cancellation);
        var outcomes = await aggregates.ReadOutcomesAsync(unparsed, cancellation);
        return
        [
            .. unparsed.Where(position =>
                !(left.TryGetValue(position, out var parts) && parts.Any(static part => part.Part.Plugin.Length == 0))
                && !(
                    outcomes.TryGetValue(position, out var list)
                    && list.Any(outcome => outcome.Generation == definition.Generation))),
        ];
    }
}
