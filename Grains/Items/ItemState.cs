using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// The stored state of an item. Written once per message of a new item, hence short names and no defaults.
/// </summary>
public sealed class ItemState
{
    /// <summary>How many messages the item has received.</summary>
    [JsonPropertyName("n")]
    public long Sequence { get; init; }

    /// <summary>The source of the last message.</summary>
    [JsonPropertyName("src")]
    public string Source { get; init; } = "";

    /// <summary>The media type of the last message; null stands for <c>application/json</c>.</summary>
    [JsonPropertyName("type")]
    public string? MediaType { get; init; }

    /// <summary>When the first message was received, in milliseconds since 1970; null while there is but one.</summary>
    [JsonPropertyName("first")]
    public long? FirstMs { get; init; }

    /// <summary>When the last message was received, in milliseconds since 1970.</summary>
    [JsonPropertyName("last")]
    public long LastMs { get; init; }

    [JsonPropertyName("msg")]
    public Guid LastMessage { get; init; }

    /// <summary>
    /// Messages that failed or were skipped, by sequence; null when there are none. A message in its first processing
    /// is known to its activity alone.
    /// </summary>
    [JsonPropertyName("left")]
    public ImmutableSortedDictionary<long, UnfinishedMessage>? Left { get; init; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>The state after one more message.</summary>
    public ItemState After(Message message) => new()
    {
        Sequence = Sequence + 1,
        Source = message.Source,
        MediaType = message.MediaType == MediaTypes.Json ? null : message.MediaType,
        FirstMs = Sequence == 0 ? null : FirstMs ?? LastMs,
        LastMs = message.ReceivedAt.ToUnixTimeMilliseconds(),
        LastMessage = message.Id.Value,
        Left = Left,
        Unknown = Unknown,
    };

    public UnfinishedMessage? Find(long sequence) => Left?.GetValueOrDefault(sequence);

    /// <summary>
    /// The state with this message kept, or with nothing of it when <paramref name="message"/> is null.
    /// </summary>
    /// <param name="maxSkipped">With more skipped messages, the oldest of them is no longer kept.</param>
    public ItemState With(long sequence, UnfinishedMessage? message, int maxSkipped)
    {
        var left = Left ?? ImmutableSortedDictionary<long, UnfinishedMessage>.Empty;
        left = message is null ? left.Remove(sequence) : left.SetItem(sequence, message);
        if (message?.Status == MessageStatus.Skipped)
        {
            var skipped = left.Where(pair => pair.Value.Status == MessageStatus.Skipped)
                .Select(pair => pair.Key)
                .ToList();
            left = left.RemoveRange(skipped.Take(skipped.Count - maxSkipped));
        }

        return new ItemState
        {
            Sequence = Sequence,
            Source = Source,
            MediaType = MediaType,
            FirstMs = FirstMs,
            LastMs = LastMs,
            LastMessage = LastMessage,
            Left = left.IsEmpty ? null : left,
            Unknown = Unknown,
        };
    }

    /// <summary>The item as readers see it.</summary>
    public ItemView View(string key) =>
        new(
            key, Sequence, Source, MediaType ?? MediaTypes.Json,
            DateTimeOffset.FromUnixTimeMilliseconds(FirstMs ?? LastMs), DateTimeOffset.FromUnixTimeMilliseconds(LastMs),
            new MessageId(LastMessage))
        {
            UnfinishedCount = Left?.Count ?? 0,
            Unfinished = Left is null
                ? []
                :
                [
                    .. Left.Reverse()
                        .Take(ItemView.MaxUnfinishedCount)
                        .Select(pair => new UnfinishedView(pair.Value.Reference(pair.Key), pair.Value.ToParts())),
                ],
        };
}
