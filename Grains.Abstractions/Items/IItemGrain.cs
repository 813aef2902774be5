using Orleans.Concurrency;
using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Items;

/// <summary>One item: the order of its messages and their state.</summary>
[Alias("tributary.item")]
public interface IItemGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the message and sends its contributions. An external id that this source used before for this item
    /// changes nothing: the answer is the first message's receipt. With another body the message is refused
    /// (<c>external_id_conflict</c>).
    /// </summary>
    [Alias("Receive")]
    ValueTask<Receipt> Receive(IncomingMessage message);

    /// <summary>The item as of now, or null before its first message.</summary>
    [ReadOnly, Alias("Read")]
    ValueTask<ItemView?> Read();

    /// <summary>
    /// Restarts the unfinished parts of a message at once. The item's state decides, so that of two retries at once one
    /// starts a part and the other finds it started.
    /// </summary>
    [Alias("Retry")]
    ValueTask<RetryResult> Retry(RetryRequest request);

    /// <summary>Gives up parts that wait for a retry: they stay visible, and an operator can retry them.</summary>
    [Alias("Park")]
    ValueTask<ParkResult> Park(ParkRequest request);

    /// <summary>
    /// Takes the result of replaying one of the item's messages with a plugin. Ignores a message whose part of that
    /// plugin is unfinished: that part's own turn will do the work.
    /// </summary>
    [Alias("ApplyReplayed")]
    ValueTask ApplyReplayed(ReplayedRun run);
}

/// <summary>The parts of a message to restart.</summary>
/// <param name="Sequence">The message's item sequence.</param>
/// <param name="Plugins">
/// The plugins whose parts to restart, the empty text for the message as a whole; null for all unfinished parts.
/// </param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.retry-request")]
public sealed record RetryRequest([property: Id(0)] long Sequence, IReadOnlyList<string>? Plugins = null)
{
    [Id(1)]
    public IReadOnlyList<string>? Plugins { get; init; } = Plugins is null ? null : Lists.Array(Plugins);
}

/// <param name="Started">The parts that this call started.</param>
/// <param name="Running">The parts that were started before and have not ended.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.retry-result")]
public sealed record RetryResult(IReadOnlyList<string> Started, IReadOnlyList<string> Running)
{
    [Id(0)]
    public IReadOnlyList<string> Started { get; init; } = Lists.Array(Started);

    [Id(1)]
    public IReadOnlyList<string> Running { get; init; } = Lists.Array(Running);

    /// <summary>
    /// True when no requested part of the message is unfinished, or the message is in its first attempt.
    /// </summary>
    public bool IsNothingLeft => Started.Count == 0 && Running.Count == 0;
}

/// <inheritdoc cref="RetryRequest"/>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.park-request")]
public sealed record ParkRequest([property: Id(0)] long Sequence, IReadOnlyList<string>? Plugins = null)
{
    [Id(1)]
    public IReadOnlyList<string>? Plugins { get; init; } = Plugins is null ? null : Lists.Array(Plugins);
}

/// <param name="Parked">The parts that waited for a retry until now.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.park-result")]
public sealed record ParkResult(IReadOnlyList<string> Parked)
{
    [Id(0)]
    public IReadOnlyList<string> Parked { get; init; } = Lists.Array(Parked);
}

/// <summary>A message on its way in, with the data that its turn will need.</summary>
/// <param name="generations">The distinct generations of the contributions, when the caller knows them.</param>
/// <param name="parts">The unfinished parts when the message is stored; empty when nothing is left to do.</param>
[Immutable]
public sealed class IncomingMessage(
    Message message, IReadOnlyList<Contribution> contributions, bool isNewItem, IReadOnlyList<int>? generations = null,
    IReadOnlyList<MessagePart>? parts = null) : INeeds
{
    public Message Message { get; } = message;

    public IReadOnlyList<Contribution> Contributions { get; } = contributions;

    /// <summary>The distinct ids of the generations that the message contributes to.</summary>
    public IReadOnlyList<int> Generations { get; } =
        generations ?? [.. contributions.Select(contribution => contribution.Generation).Distinct()];

    /// <summary>
    /// The version of the definitions that the contributions are complete by; <see cref="AnyDefinitions"/> for a
    /// message that is counted in nothing when it is accepted.
    /// </summary>
    public long Definitions { get; init; }

    /// <summary>See <see cref="Definitions"/>.</summary>
    public const long AnyDefinitions = long.MaxValue;

    /// <summary>The parts of the message that are unfinished when it is stored.</summary>
    public IReadOnlyList<MessagePart> Parts { get; } = parts ?? [];

    /// <summary>The first 128 bits of the SHA-256 of the body when there is an external id, else zero.</summary>
    public UInt128 BodyHash { get; } =
        message.ExternalId is null ? UInt128.Zero : ExternalKey.Sha256Prefix(message.Body.Span);

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
/// <param name="Generation">The definition's generation that the share belongs to.</param>
[GenerateSerializer, Immutable, Alias("tributary.contribution")]
public readonly record struct Contribution(RoundGrainId Aggregate, int Generation, AggregateDelta Delta);

/// <summary>The answer to the producer once the message is durable.</summary>
[GenerateSerializer, Immutable, Alias("tributary.receipt")]
public sealed class Receipt : IDeparting
{
    private const long Unknown = -1;

    // The round that stores the message sets this message's position; the field itself does not travel.
    [NonSerialized]
    private readonly AppendedMessage? appended;

    [NonSerialized]
    private readonly KnownMessage? known;

    [Id(3)]
    private long position = Unknown;

    public Receipt(AppendedMessage appended)
    {
        this.appended = appended;
        Id = appended.Message.Id;
        Item = appended.Message.Item;
    }

    public Receipt(KnownMessage known)
    {
        this.known = known;
        Id = known.Id;
        Item = known.Item;
        IsRepeat = true;
    }

    [Id(0)]
    public MessageId Id { get; }

    [Id(1)]
    public string Item { get; }

    /// <summary>True when the message was stored earlier under the same external id.</summary>
    [Id(2)]
    public bool IsRepeat { get; }

    /// <summary>Readable outside the turn only: see <see cref="AppendedMessage.Position"/>.</summary>
    public Position Position => position != Unknown ? new Position(position) : Of(appended, known);

    /// <inheritdoc/>
    // A receipt of another silo is whole already.
    public void Depart() => position = Position.Value;

    private static Position Of(AppendedMessage? appended, KnownMessage? known) => appended?.Position ?? known!.Position;
}

/// <param name="Sequence">The number of messages that the item has received.</param>
[GenerateSerializer, Immutable, Alias("tributary.item-view")]
public sealed record ItemView(
    string Id, long Sequence, string Source, string MediaType, DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt, MessageId LastMessage)
{
    /// <summary>
    /// The number of messages of which a part failed or was skipped, without those in their first attempt.
    /// </summary>
    [Id(0)]
    public int UnfinishedCount { get; init; }

    /// <summary>The newest unfinished messages, at most <see cref="MaxUnfinishedCount"/>, newest first.</summary>
    [Id(1)]
    public IReadOnlyList<UnfinishedView> Unfinished
    {
        get;
        init => field = Lists.Array(value);
    } = [];

    /// <summary>Most messages in <see cref="Unfinished"/>.</summary>
    public const int MaxUnfinishedCount = 100;
}

/// <summary>A message with unfinished parts.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.unfinished-view")]
public sealed record UnfinishedView([property: Id(0)] MessageReference Message, IReadOnlyList<MessagePart> Parts)
{
    [Id(1)]
    public IReadOnlyList<MessagePart> Parts { get; init; } = Lists.Array(Parts);
}
