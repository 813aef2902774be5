namespace Tributary;

/// <summary>One item: the order of its messages, and what is known of it.</summary>
public interface IItemGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the message and sends its contributions. An external id that this source used before for this item is
    /// answered with the first message's receipt and changes nothing; with another body it is refused
    /// (<c>external_id_conflict</c>).
    /// </summary>
    ValueTask<Receipt> Receive(IncomingMessage message);

    /// <summary>The item as of now, or null when no message ever spoke of it.</summary>
    [ReadOnly]
    ValueTask<ItemView?> Read();

    /// <summary>
    /// Starts again what is left of a message, at once. Answered by what the item knows, so that of two retries at once one starts it and the
    /// other finds it started.
    /// </summary>
    ValueTask<RetryResult> Retry(RetryRequest request);

    /// <summary>Gives up what waits to be tried again: it stays visible, and is tried again on demand.</summary>
    ValueTask<ParkResult> Park(ParkRequest request);

    /// <summary>
    /// Takes what a replay made of one of the item's messages. A message of which that plugin's part is not done is left alone: its own turn will do it.
    /// </summary>
    ValueTask ApplyReplayed(ReplayedRun run);
}

/// <summary>What to start again of a message.</summary>
/// <param name="Sequence">The message's item sequence.</param>
/// <param name="Plugins">The plugins' parts, the empty text for the message as a whole; null for all that is left.</param>
public sealed record RetryRequest(long Sequence, IReadOnlyList<string>? Plugins = null);

/// <param name="Started">The parts that this call started.</param>
/// <param name="Running">Those that were started before and have not ended.</param>
public sealed record RetryResult(IReadOnlyList<string> Started, IReadOnlyList<string> Running)
{
    /// <summary>True when nothing that was asked for is left of the message, or it is in its first attempt.</summary>
    public bool IsNothingLeft => Started.Count == 0 && Running.Count == 0;
}

/// <inheritdoc cref="RetryRequest"/>
public sealed record ParkRequest(long Sequence, IReadOnlyList<string>? Plugins = null);

/// <param name="Parked">The parts that waited to be tried again until now.</param>
public sealed record ParkResult(IReadOnlyList<string> Parked);

/// <summary>A message on its way in, with what its turn will need.</summary>
/// <param name="generations">The distinct generations of the contributions, when the caller knows them.</param>
/// <param name="parts">What is left to be done of it when it is stored; empty when that is nothing.</param>
public sealed class IncomingMessage(
    Message message, IReadOnlyList<Contribution> contributions, bool isNewItem, IReadOnlyList<int>? generations = null,
    IReadOnlyList<MessagePart>? parts = null) : INeeds
{
    public Message Message { get; } = message;

    public IReadOnlyList<Contribution> Contributions { get; } = contributions;

    /// <summary>The distinct ids of the generations that the message contributes to.</summary>
    public IReadOnlyList<int> Generations { get; } =
        generations ?? [.. contributions.Select(contribution => contribution.Generation).Distinct()];

    /// <summary>What is left to be done of the message when it is stored.</summary>
    public IReadOnlyList<MessagePart> Parts { get; } = parts ?? [];

    /// <summary>The first 128 bits of the SHA-256 of the body when there is an external id, else zero.</summary>
    public UInt128 BodyHash { get; } = message.ExternalId is null ? UInt128.Zero : ExternalKey.Sha256Prefix(message.Body.Span);

    public ExternalKey? External { get; } =
        message.ExternalId is null ? null : ExternalKey.Of(message.Source, message.Item, message.ExternalId);

    public ExternalKey? UnscopedExternal =>
        Message.ExternalId is null ? null : ExternalKey.Unscoped(Message.Source, Message.ExternalId);

    /// <summary>True when the item's id was made for this message.</summary>
    public bool IsNewGrain { get; } = isNewItem;

    public int SizeBytes { get; } = message.Body.Length + 256 + message.IndexedValues.Sum(value => value.Key.Length);

    public IEnumerable<RoundGrainId> Grains
    {
        get
        {
            foreach (var contribution in Contributions)
                yield return contribution.Aggregate;
        }
    }
}

/// <summary>One message's share in one aggregate.</summary>
/// <param name="Aggregate">The aggregate grain: <see cref="AggregateKey"/> as its key.</param>
/// <param name="Generation">The definition's generation that asks for it.</param>
public readonly record struct Contribution(RoundGrainId Aggregate, int Generation, AggregateDelta Delta);

/// <summary>What the producer is told once the message is durable.</summary>
public sealed class Receipt
{
    private readonly AppendedMessage? appended;
    private readonly KnownMessage? known;

    public Receipt(AppendedMessage appended) => this.appended = appended;

    public Receipt(KnownMessage known) => this.known = known;

    public MessageId Id => appended?.Message.Id ?? known!.Id;

    public string Item => appended?.Message.Item ?? known!.Item;

    /// <summary>Readable outside the turn only: see <see cref="AppendedMessage.Position"/>.</summary>
    public Position Position => appended?.Position ?? known!.Position;

    /// <summary>True when the message was stored earlier under the same external id.</summary>
    public bool IsRepeat => known is not null;
}

/// <param name="Sequence">How many messages the item has received.</param>
public sealed record ItemView(string Id, long Sequence, string Source, string MediaType, DateTimeOffset FirstReceivedAt, DateTimeOffset LastReceivedAt, MessageId LastMessage)
{
    /// <summary>Of how many messages something failed or was skipped; those in their first attempt are not counted.</summary>
    public int UnfinishedCount { get; init; }

    /// <summary>The newest of these, at most <see cref="MaxUnfinishedCount"/>, newest first.</summary>
    public IReadOnlyList<UnfinishedView> Unfinished { get; init; } = [];

    /// <summary>The most messages in <see cref="Unfinished"/>.</summary>
    public const int MaxUnfinishedCount = 100;
}

/// <summary>A message of which something is left.</summary>
public sealed record UnfinishedView(MessageReference Message, IReadOnlyList<MessagePart> Parts);
