using System.Text.Json;

namespace Tributary.Grains.Replays;

/// <summary>The stored payload of a replay's activity: what it is to read.</summary>
/// <param name="Cursor">The position after which to go on.</param>
/// <param name="Messages">The messages to try again; null to go on.</param>
public sealed record ReplayPayload(
    int Generation, long Cursor, long? FromMs, long? ToMs, IReadOnlyList<Guid>? Messages = null)
{
    /// <summary>The name under which the activity is stored.</summary>
    public const string Activity = "replay";

    public ReadOnlyMemory<byte> Write() => JsonSerializer.SerializeToUtf8Bytes(this, GrainsJson.Default.ReplayPayload);

    public static ReplayPayload Read(ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize(payload.Span, GrainsJson.Default.ReplayPayload)
        ?? throw new InvalidOperationException("The payload of a replay is null.");

    public bool Includes(DateTimeOffset receivedAt)
    {
        var ms = receivedAt.ToUnixTimeMilliseconds();
        return !(ms < FromMs) && !(ms >= ToMs);
    }
}
