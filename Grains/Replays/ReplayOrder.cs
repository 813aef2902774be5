using System.Text.Json;

namespace Tributary.Grains.Replays;

/// <summary>What the activity of a replay is asked for, stored with it.</summary>
/// <param name="Cursor">The position after which to go on.</param>
/// <param name="Messages">The messages to try again; null to go on.</param>
public sealed record ReplayOrder(
    int Generation, long Cursor, long? FromMs, long? ToMs, IReadOnlyList<Guid>? Messages = null)
{
    /// <summary>The name under which the activity is stored.</summary>
    public const string Activity = "replay";

    public ReadOnlyMemory<byte> Write() => JsonSerializer.SerializeToUtf8Bytes(this, GrainsJson.Default.ReplayOrder);

    public static ReplayOrder Read(ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize(payload.Span, GrainsJson.Default.ReplayOrder)
        ?? throw new InvalidOperationException("The order of a replay is null.");

    public bool Includes(DateTimeOffset receivedAt)
    {
        var ms = receivedAt.ToUnixTimeMilliseconds();
        return !(ms < FromMs) && !(ms >= ToMs);
    }
}
