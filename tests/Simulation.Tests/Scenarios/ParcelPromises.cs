using Tributary.Items;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>What senders of parcels sent and were told.</summary>
public sealed class ParcelPromises
{
    private readonly Dictionary<string, int> byItem = [];
    private readonly HashSet<string> retries = [];

    public Dictionary<MessageId, Parcel> Sent { get; } = [];

    public Dictionary<MessageId, Position> Acknowledgements { get; } = [];

    public int CountOf(string item) => byItem.GetValueOrDefault(item);

    public void Acknowledged(InMemoryDatabase database, Parcel parcel, Receipt receipt)
    {
        if (!database.Messages.Any(message => message.Id == receipt.Id && message.Position == receipt.Position))
            throw new InvalidOperationException($"The parcel {receipt.Id} was acknowledged before it was durable.");
        Acknowledgements.Add(receipt.Id, receipt.Position);
        byItem[parcel.Message.Item] = CountOf(parcel.Message.Item) + 1;
    }

    /// <summary>Each retry on demand is told to one caller.</summary>
    public void Retried(IReadOnlyList<string> told)
    {
        foreach (var retry in told)
        {
            if (!retries.Add(retry))
                throw new InvalidOperationException($"Two callers were told that they had {retry} tried again.");
        }
    }
}
