using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Grains.Items;

/// <summary>
/// What the activity of a message is asked for, stored with it. An empty payload asks for all of the message.
/// </summary>
public sealed record ProcessOrder
{
    /// <summary>The name under which the activity is stored.</summary>
    public const string Activity = "process";

    public static ProcessOrder Whole { get; } = new();

    /// <summary>The plugins to run; null for all that are active.</summary>
    [JsonPropertyName("plugins")]
    public IReadOnlyList<string>? Plugins { get; init; }

    /// <summary>
    /// The error of an activity whose result could not be applied: nothing is run, the message is only looked up so
    /// that its grain can note the failure.
    /// </summary>
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    public ReadOnlyMemory<byte> Write() =>
        this is { Plugins: null, Error: null }
            ? default
            : JsonSerializer.SerializeToUtf8Bytes(this, GrainsJson.Default.ProcessOrder);

    public static ProcessOrder Read(ReadOnlyMemory<byte> payload) =>
        payload.IsEmpty ? Whole : JsonSerializer.Deserialize(payload.Span, GrainsJson.Default.ProcessOrder) ?? Whole;
}
