namespace Tributary.Grains;

/// <summary>Limits at the door.</summary>
public sealed class IntakeOptions
{
    /// <summary>The largest body, in bytes; a larger one is refused (<c>body_too_large</c>). 1 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Maps messages whose request names no mapper; null when they are taken as they stand.</summary>
    public MessageMapper? Mapper { get; set; }
}
