using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Grains;

/// <summary>What is stored of an item. Written once per message of a new item, hence short names and no defaults.</summary>
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
        Unknown = Unknown,
    };
}

internal static class MediaTypes
{
    public const string Json = "application/json";
}
