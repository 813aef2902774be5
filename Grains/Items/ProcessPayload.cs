using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Grains.Items;

/// <summary>The stored payload of a message's activity. An empty payload asks for the whole message.</summary>
public sealed record ProcessPayload
{
    /// <summary>The name under which the activity is stored.</summary>
    public const string Activity = "process";

    public static ProcessPayload Whole { get; } = new();

    /// <summary>The plugins to run; null for all that are active.</summary>
    [JsonPropertyName("plugins")]
    public IReadOnlyList<string>? Plugins { get; init; }

    /// <summary>
    /// The error of an earlier activity whose result could not be applied. The activity then runs nothing: it only
    /// looks the message up, so that the item can note the failure.
    /// </summary>
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    /// <summary>
    /// True for a message that was parked when it was accepted, until the item holds parts of the message.
    /// </summary>
    [JsonPropertyName("parked")]
    public bool IsParked { get; init; }

    public ReadOnlyMemory<byte> Write() =>
        this is { Plugins: null, Error: null, IsParked: false }
            ? default
            : JsonSerializer.SerializeToUtf8Bytes(this, GrainsJson.Default.ProcessPayload);

    public static ProcessPayload Read(ReadOnlyMemory<byte> payload) =>
        payload.IsEmpty
            ? Whole
            : JsonSerializer.Deserialize(payload.Span, GrainsJson.Default.ProcessPayload) ?? Whole;
}
