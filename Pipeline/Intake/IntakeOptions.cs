using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Intake;

/// <summary>Limits at the door.</summary>
public sealed class IntakeOptions
{
    /// <summary>The largest body, in bytes; a larger one is refused (<c>body_too_large</c>). 1 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The largest refused delivery that is kept whole, in bytes; of a larger one the beginning is kept (<see
    /// cref="RefusedEnvelope.PrefixBytes"/>), with its length and SHA-256. Never less than <see cref="MaxBodyBytes"/>.
    /// 8 MiB: in base64 it fits what may wait for one subscriber of the feed.
    /// </summary>
    public int MaxKeptBytes
    {
        get => Math.Max(field, MaxBodyBytes);
        set;
    } = 8 << 20;

    /// <summary>
    /// Maps messages whose request names no mapper; null when such bodies are messages as they stand.
    /// </summary>
    public MessageMapper? Mapper { get; set; }
}
