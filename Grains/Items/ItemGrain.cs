using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <inheritdoc/>
public sealed partial class ItemGrain(ItemOptions options) : RoundGrain<ItemState>, IItemGrain, IActivityOwner
{
    public const string GrainType = "item";

    private static readonly ItemState Never = new();

    public ItemGrain()
        : this(ItemOptions.Default)
    {
    }

    public ValueTask<Receipt> Receive(IncomingMessage message)
    {
        if (message.External is { } external && Find(external) is { } known)
            return ValueTask.FromResult(Repeat(message, known));
        if (message.Parts.Count > 0 && State.Left?.Count >= options.MaxUnfinishedCount)
            throw Full();

        State = State.After(message.Message);
        var appended = Append(message.Message, State.Sequence, message.Generations, message.Parts);
        foreach (var contribution in message.Contributions)
            Send(GetGrain<IAggregateGrain>(contribution.Aggregate.Key).Apply(contribution.Delta));
        if (message.Parts.Count > 0)
            Begin(appended);
        return ValueTask.FromResult(new Receipt(appended));
    }

    public ValueTask<ItemView?> Read() => ValueTask.FromResult(HasState ? State.View(Key) : null);

    protected override ItemState Initial() => Never;

    private static Receipt Repeat(IncomingMessage message, KnownMessage known)
    {
        if (known.BodyHash != message.BodyHash)
        {
            throw new TributaryException(
                "external_id_conflict",
                $"The external id '{message.Message.ExternalId}' of source '{message.Message.Source}' was used for "
                + $"message {known.Id} with another body; allowed: the same body, or another external id.");
        }

        return new Receipt(known);
    }

    private TributaryException Full() => new(
        "item_backlog_full",
        $"The item has {State.Left!.Count} messages that failed or were skipped; allowed: at most "
        + $"{options.MaxUnfinishedCount} before it takes further messages that need processing. Retry them, or mend "
        + "what fails.");

    // A message that is parked as it is accepted has an activity too: only after this round is its position known,
    // which the item keeps.
    private void Begin(AppendedMessage appended)
    {
        var status = MessagePart.StatusOf(appended.Parts);
        if (status is MessageStatus.Processing or MessageStatus.Parked)
        {
            var name = new ProcessName(appended.ItemSequence, appended.Message.Id, status);
            Start(name, FirstOrder(appended.Parts[0]), 1, Now, appended);
        }
    }

    // What ended the process when it was mapped is not mapped again by itself.
    private static ProcessOrder FirstOrder(MessagePart part) =>
        ActivityResult.IsOfEndedProcess(part.Error) ? new ProcessOrder { Error = part.Error } : ProcessOrder.Whole;
}
