using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;
using Tributary.Storage.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>What producers of items sent and were told, and what must hold of it.</summary>
public sealed class ItemPromises
{
    private readonly Dictionary<MessageId, IncomingMessage> sent = [];
    private readonly Dictionary<MessageId, Position> acknowledged = [];
    private readonly Dictionary<string, int> byItem = [];
    private readonly HashSet<MessageId> outdated = [];

    /// <summary>
    /// The message is about to be sent; the last time counts of one that is sent again, counted anew.
    /// </summary>
    public void Sent(IncomingMessage message) => sent[message.Message.Id] = message;

    /// <summary>The message was refused for its version of the definitions: it is not stored, for certain.</summary>
    public void Outdated(IncomingMessage message) => outdated.Add(message.Message.Id);

    /// <summary>The generation in which clients count for a definition.</summary>
    public static int GenerationOf(DefinitionRow row) => 1_000 + row.Id;

    public int CountOf(string item) => byItem.GetValueOrDefault(item);

    public bool Knows(MessageId id) => sent.ContainsKey(id);

    /// <param name="mayBeAgain">True when the message may have been stored when it was sent before.</param>
    public void Acknowledged(
        InMemoryDatabase database, IncomingMessage message, Receipt receipt, bool mayBeAgain = false)
    {
        var stored = database.Messages.FirstOrDefault(row => row.Id == receipt.Id)
            ?? throw new InvalidOperationException($"The message {receipt.Id} was acknowledged before it was durable.");
        var first = sent[receipt.Id].Message;
        if (stored.Position != receipt.Position
            || stored.Item != receipt.Item
            || (receipt.IsRepeat != (receipt.Id != message.Message.Id)
                && !(mayBeAgain && receipt.Id == message.Message.Id)))
            throw new InvalidOperationException(
                $"The receipt of {message.Message.Id} says {receipt.Id} at {receipt.Position}, repeat: "
                + $"{receipt.IsRepeat}; stored is {stored}.");
        if (receipt.IsRepeat
            && (ScopeOf(first) != ScopeOf(message.Message) || !first.Body.Span.SequenceEqual(message.Message.Body.Span))
        )
            throw new InvalidOperationException(
                $"The message {message.Message.Id} was taken for a repeat of {first.Id}.");
        if (acknowledged.TryAdd(receipt.Id, receipt.Position))
            byItem[receipt.Item] = CountOf(receipt.Item) + 1;
    }

    /// <summary>
    /// A conflict is told when there is one: a durable message of this item with this external id and another body.
    /// </summary>
    public void Refused(InMemoryDatabase database, IncomingMessage message)
    {
        if (!database.Messages.Any(row =>
                sent.TryGetValue(row.Id, out var other)
                && ScopeOf(other.Message) == ScopeOf(message.Message)
                && !row.Body.Span.SequenceEqual(message.Message.Body.Span)))
            throw new InvalidOperationException(
                $"The message {message.Message.Id} was refused for a conflict that is not there.");
    }

    /// <summary>
    /// Stored once per source, item and external id, at the promised place, counted once in each aggregate, and found
    /// by the index wherever that says so.
    /// </summary>
    public void Check(InMemoryDatabase database)
    {
        var stored = database.Messages.Where(row => sent.ContainsKey(row.Id)).ToList();
        var positions = stored.ToDictionary(row => row.Id, row => row.Position);
        foreach (var (id, position) in acknowledged)
            Hold(
                positions.GetValueOrDefault(id) == position,
                $"The acknowledged message {id} is not at its position {position}.");

        Hold(
            !stored.Exists(row => outdated.Contains(row.Id)),
            "A message is stored that was refused for its version of the definitions.");
        foreach (var row in database.Definitions.Where(static row => row.FedFrom is not null))
        {
            var lacking = stored.Find(message =>
                message.Position >= row.FedFrom && !message.Generations.Contains(GenerationOf(row)));
            Hold(
                lacking is null,
                $"The message {lacking?.Id} is not counted in '{row.Name}', which is fed since {row.FedFrom}.");
        }

        CheckIndex(database, stored);
        var keys = stored.Select(row => ScopeOf(sent[row.Id].Message)).Where(scope =>
            scope.ExternalId is not null).ToList();
        Hold(keys.Distinct().Count() == keys.Count, "Two messages are stored under one external id of one item.");

        var expected = stored
            .SelectMany(row => sent[row.Id].Contributions)
            .GroupBy(contribution => contribution.Aggregate)
            .ToDictionary(
                group => group.Key,
                group => group.Aggregate(AggregateState.Empty, (state, contribution) => state.Add(contribution.Delta)));
        var actual = database
            .States.Where(pair => pair.Key.Table == StateTable.Aggregates)
            .ToDictionary(pair => pair.Key.Grain, pair => Read(pair.Value));
        Hold(expected.Count == actual.Count, $"{actual.Count} aggregates are stored; a recount has {expected.Count}.");
        foreach (var (grain, state) in expected)
            Hold(
                Text(state) == Text(actual[grain]),
                $"{grain} holds {Text(actual[grain])}; a recount has {Text(state)}.");
    }

    // Each message has values at all paths that there may be: one without lies outside the spans.
    private static void CheckIndex(InMemoryDatabase database, List<StoredMessage> stored)
    {
        var values = database.IndexedValues;
        foreach (var (path, since, until) in database.IndexedSpans)
        {
            var lacking = stored.Find(row => row.Position >= since && (until is null || row.Position < until)
                && values[row.Id].All(value => value.Path != path));
            Hold(
                lacking is null,
                $"The message {lacking?.Id} at {lacking?.Position} has no value at the path {path}, which is indexed "
                + $"from {since} to {until}.");
        }
    }

    private static (string Source, string Item, string? ExternalId) ScopeOf(Message message) =>
        (message.Source, message.Item, message.ExternalId);

    private static AggregateState Read(LoadedState state) =>
        System.Text.Json.JsonSerializer.Deserialize(state.State.Span, Grains.GrainsJson.Default.AggregateState)!;

    private static string Text(AggregateState state) =>
        $"{state.Count} messages, sums "
        + $"{string.Join(" ", state.Measures.Cast<SumMeasure>().Select(sum => $"{sum.Sum} of {sum.Numbers}"))}";

    private static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
