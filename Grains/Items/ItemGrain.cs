using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <inheritdoc/>
public sealed partial class ItemGrain(ItemOptions options) : RoundGrain<ItemState>, IItemGrain, IActivityOwner
{
    public const string GrainType = "item";

    /// <summary>
    /// The code of the error for a message that was counted by an earlier version of the definitions: counted anew, it
    /// can be sent again.
    /// </summary>
    public const string DefinitionsOutdated = "definitions_outdated";

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
        if (message.Definitions < Definitions)
            throw new TributaryException(
                DefinitionsOutdated,
                $"The message was counted by version {message.Definitions} of the definitions; allowed: version "
                + $"{Definitions}, which counts since then.");

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

    // A message that is parked when it is accepted has an activity too: the item keeps the message's position, which
    // is known only after this round.
    private void Begin(AppendedMessage appended)
    {
        var status = MessagePart.StatusOf(appended.Parts);
        if (status is MessageStatus.Processing or MessageStatus.Parked)
        {
            var name = new ProcessName(appended.ItemSequence, appended.Message.Id);
            Start(name, FirstPayload(status, appended.Parts[0].Error), 1, Now, appended);
        }
    }

    // A message whose mapping ended the process is not mapped again unless somebody asks for it.
    private static ProcessPayload FirstPayload(MessageStatus status, string? error)
    {
        var hasEnded = ActivityResult.IsOfEndedProcess(error);
        return status == MessageStatus.Processing && !hasEnded
            ? ProcessPayload.Whole
            : new ProcessPayload { Error = hasEnded ? error : null, IsParked = status == MessageStatus.Parked };
    }
}
