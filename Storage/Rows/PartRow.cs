using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>A part of a message as a row of <c>pending</c> or <c>raised</c>.</summary>
/// <param name="MessageIndex">The index of a message of this round; below 0 for one that was stored before.</param>
/// <param name="Stored">The position of a message that was stored before.</param>
internal readonly record struct PartRow(
    int MessageIndex,
    Position Stored,
    MessageId Id,
    string Source,
    string Item,
    DateTimeOffset ReceivedAt,
    long ItemSequence,
    MessagePart Part,
    DateTimeOffset At)
{
    public string? Error =>
        Part.Error is { } error ? StorableText.Cut(StorableText.Clean(error), ProcessingRules.MaxErrorLength) : null;

    /// <summary>The message's position, in a round of this transaction.</summary>
    public Position Message(long transaction) => MessageIndex < 0 ? Stored : Position.Of(transaction, MessageIndex);

    /// <summary>The part as it is read back.</summary>
    public StoredPart ToStored(long transaction) =>
        new(
            new MessageReference(Id, Message(transaction), Source, ReceivedAt.ToUniversalTime(), ItemSequence),
            Item,
            Part with
            {
                Error = Error,
                NextAttempt = Part.NextAttempt?.ToUniversalTime(),
                IsRaised = false,
            },
            At.ToUniversalTime());

    /// <summary>The parts of the messages of a round.</summary>
    public static IEnumerable<PartRow> OfNew(RoundCommit round)
    {
        for (var i = 0; i < round.Messages.Count; i++)
        {
            var appended = round.Messages[i];
            var message = appended.Message;
            for (var p = 0; p < appended.Parts.Count; p++)
            {
                yield return new PartRow(
                    i,
                    default,
                    message.Id,
                    message.Source,
                    message.Item,
                    message.ReceivedAt,
                    appended.ItemSequence,
                    appended.Parts[p],
                    message.ReceivedAt);
            }
        }
    }

    /// <summary>The parts that replace the parts of messages stored before.</summary>
    public static IEnumerable<PartRow> OfStored(RoundCommit round) => Of(round.Parts);

    /// <summary>The entries of the failure feed, in its order.</summary>
    public static IEnumerable<PartRow> OfRaised(RoundCommit round) =>
        OfNew(round).Concat(Of(round.Superseded)).Concat(OfStored(round)).Where(row => row.Part.IsRaised);

    private static IEnumerable<PartRow> Of(IReadOnlyList<PartsRow> rows)
    {
        foreach (var (message, item, parts, at) in rows)
        {
            for (var p = 0; p < parts.Count; p++)
            {
                yield return new PartRow(
                    -1,
                    message.Position,
                    message.Id,
                    message.Source,
                    item,
                    message.ReceivedAt,
                    message.ItemSequence,
                    parts[p],
                    at);
            }
        }
    }
}
