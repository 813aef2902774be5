using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Grains.Items.Retries;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// A message that failed or was skipped, as its item keeps it by sequence. Names are short because an item may keep
/// many.
/// </summary>
public sealed record UnfinishedMessage
{
    [JsonPropertyName("id")]
    public Guid Id { get; init; }

    [JsonPropertyName("pos")]
    public long Position { get; init; }

    [JsonPropertyName("src")]
    public string Source { get; init; } = "";

    /// <summary>When the message was received, in milliseconds since 1970.</summary>
    [JsonPropertyName("at")]
    public long ReceivedMs { get; init; }

    /// <summary>The number of the message's last activity: a result with another number is late.</summary>
    [JsonPropertyName("try")]
    public int Attempt { get; init; }

    /// <summary>
    /// True until the delivered bytes could be mapped to a message. Until then the message has no share in the
    /// declarative aggregates.
    /// </summary>
    [JsonPropertyName("raw")]
    public bool IsUnmapped { get; init; }

    [JsonPropertyName("parts")]
    public IReadOnlyList<UnfinishedPart> Parts { get; init; } = [];

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>The status of the message: see <see cref="MessagePart.StatusOf"/>.</summary>
    [JsonIgnore]
    public MessageStatus Status => MessagePart.StatusOf(ToParts());

    public static UnfinishedMessage Of(MessageReference message) => new()
    {
        Id = message.Id.Value,
        Position = message.Position.Value,
        Source = message.Source,
        ReceivedMs = message.ReceivedAt.ToUnixTimeMilliseconds(),
    };

    public MessageReference Reference(long sequence) =>
        new(
            new MessageId(Id), new Position(Position), Source, DateTimeOffset.FromUnixTimeMilliseconds(ReceivedMs),
            sequence);

    public IReadOnlyList<MessagePart> ToParts() => [.. Parts.Select(part => part.ToPart())];
}

/// <summary>The message as a whole or one plugin's part of it.</summary>
public sealed record UnfinishedPart
{
    /// <summary>Empty for the message as a whole.</summary>
    [JsonPropertyName("p")]
    public string Plugin { get; init; } = "";

    [JsonPropertyName("s")]
    public MessageStatus Status { get; init; }

    [JsonPropertyName("t")]
    public ProcessingStep Step { get; init; }

    /// <summary>How often the part was tried.</summary>
    [JsonPropertyName("n")]
    public int Attempts { get; init; }

    /// <summary>How often the part failed since <see cref="SinceMs"/>.</summary>
    [JsonPropertyName("k")]
    public int Failures { get; init; }

    /// <summary>
    /// When the part failed first, in milliseconds since 1970; a retry on demand begins anew. Null before the first
    /// failure.
    /// </summary>
    [JsonPropertyName("since")]
    public long? SinceMs { get; init; }

    /// <summary>When the part is tried again, in milliseconds since 1970; null unless it is retrying.</summary>
    [JsonPropertyName("next")]
    public long? NextMs { get; init; }

    /// <summary>True when the message's activity includes the part.</summary>
    [JsonPropertyName("on")]
    public bool IsStarted { get; init; }

    [JsonPropertyName("e")]
    public string? Error { get; init; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    public MessagePart ToPart(bool isRaised = false) =>
        new(
            Plugin,
            Status,
            Step,
            Attempts,
            NextMs is { } next ? DateTimeOffset.FromUnixTimeMilliseconds(next) : null,
            Error)
        {
            IsRaised = isRaised,
        };

    /// <summary>The part after one more failure, except for its status and the time of another attempt.</summary>
    public UnfinishedPart After(ProcessingFailure failure, DateTimeOffset now) =>
        this with
        {
            Step = failure.Step,
            Error = failure.Error,
            Attempts = Attempts + 1,
            Failures = Failures + 1,
            SinceMs = SinceMs ?? now.ToUnixTimeMilliseconds(),
            NextMs = null,
        };

    /// <summary>When a part that failed is tried again; null when it is given up.</summary>
    public long? NextMsBy(Continuation.Retry retry, DateTimeOffset now, double chance)
    {
        var since = SinceMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : now;
        return retry.Next(Failures, since, now, chance) is { } next ? UpToMs(next) : null;
    }

    /// <summary>The part due at once, as if it had not failed before.</summary>
    public UnfinishedPart Anew(DateTimeOffset now) =>
        this with { Failures = 0, SinceMs = null, NextMs = now.ToUnixTimeMilliseconds() };

    // Rounded up: a retry never comes early.
    private static long UpToMs(DateTimeOffset time) =>
        time.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();
}
