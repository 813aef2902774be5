using Tributary.Items;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>A run with promises to check.</summary>
public interface IPromised
{
    InMemoryDatabase Database { get; }

    Promises Promises { get; }

    /// <summary>True for a body that the database refuses.</summary>
    bool IsPoison(ReadOnlyMemory<byte> body);
}

/// <summary>What clients sent and what they were told.</summary>
public sealed class Promises
{
    private readonly Dictionary<string, int> byItem = [];
    private readonly Dictionary<string, MessageId> idOfKey = [];

    public Dictionary<MessageId, Letter> Letters { get; } = [];

    public Dictionary<MessageId, Position> Acknowledgements { get; } = [];

    /// <summary>Messages of calls that were sent to another silo: they are not stored.</summary>
    public HashSet<MessageId> SentAway { get; } = [];

    /// <summary>Mines whose laying was acknowledged.</summary>
    public int MinesLaidCount { get; set; }

    public int AlarmsSetCount { get; set; }

    public int ExplosionsCount { get; set; }

    public int OverloadsCount { get; set; }

    /// <summary>Calls whose time was over before their turns.</summary>
    public int TimeoutsCount { get; set; }

    /// <summary>Calls whose silo was lost, so that they may have run.</summary>
    public int LostCount { get; set; }

    public int RefusedCount { get; set; }

    /// <summary>Calls that were refused while the store had no room or did not answer.</summary>
    public int StoreRefusalsCount { get; set; }

    public int UnreadableCount { get; set; }

    public void Sent(Letter letter) => Letters.Add(letter.Message.Id, letter);

    public int CountOf(string item) => byItem.GetValueOrDefault(item);

    /// <summary>A client holds a receipt: from now on the message is stored, whatever happens.</summary>
    public void Acknowledged(InMemoryDatabase database, Letter letter, Receipt receipt)
    {
        if (letter.Message.ExternalId is { } key && !idOfKey.TryAdd(key, receipt.Id) && idOfKey[key] != receipt.Id)
            throw new InvalidOperationException($"The key '{key}' was answered with two ids.");
        var stored = database.Messages.FirstOrDefault(message => message.Id == receipt.Id)
            ?? throw new InvalidOperationException($"The message {receipt.Id} was acknowledged before it was durable.");
        if (stored.Position != receipt.Position || stored.Item != receipt.Item)
            throw new InvalidOperationException(
                $"The receipt of {receipt.Id} says position {receipt.Position}, item {receipt.Item}; stored is "
                + $"{stored.Position}, {stored.Item}.");
        if (Acknowledgements.TryAdd(receipt.Id, receipt.Position))
            byItem[receipt.Item] = CountOf(receipt.Item) + 1;
    }
}
