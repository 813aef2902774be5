namespace Tributary.Grains;

/// <inheritdoc/>
public sealed class ItemGrain : Grain<ItemState>, IItemGrain
{
    public const string GrainType = "item";

    private static readonly ItemState Never = new();

    public ValueTask<Receipt> Receive(IncomingMessage message)
    {
        if (message.External is { } external && Find(external) is { } known)
            return ValueTask.FromResult(Repeat(message, known));

        State = State.After(message.Message);
        var appended = Append(message.Message, State.Sequence, message.Generations);
        foreach (var contribution in message.Contributions)
            Send(GetGrain<IAggregateGrain>(contribution.Aggregate.Key).Apply(contribution.Delta));
        return ValueTask.FromResult(new Receipt(appended));
    }

    public ValueTask<ItemView?> Read() => ValueTask.FromResult(HasState ? View() : null);

    protected override ItemState Initial() => Never;

    private static Receipt Repeat(IncomingMessage message, KnownMessage known)
    {
        if (known.BodyHash != message.BodyHash)
        {
            throw new TributaryException(
                "external_id_conflict",
                $"The external id '{message.Message.ExternalId}' of source '{message.Message.Source}' was used for message {known.Id} with another body; allowed: the same body, or another external id.");
        }

        return new Receipt(known);
    }

    private ItemView View() => new(
        Key,
        State.Sequence,
        State.Source,
        State.MediaType ?? MediaTypes.Json,
        DateTimeOffset.FromUnixTimeMilliseconds(State.FirstMs ?? State.LastMs),
        DateTimeOffset.FromUnixTimeMilliseconds(State.LastMs),
        new MessageId(State.LastMessage));
}
