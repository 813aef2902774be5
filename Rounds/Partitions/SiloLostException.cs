namespace Tributary.Rounds.Partitions;

/// <summary>
/// The silo that ran the call ended before it answered: the turn may be durable or never have begun. A caller repeats
/// the call when a repeat does no harm.
/// </summary>
[GenerateSerializer, Alias("tributary.silo-lost")]
public sealed class SiloLostException(RoundGrainId target) : TributaryException(
    Known,
    $"The silo of {target} ended before it answered, and whether the call ran is not known. Sent again with the same "
    + "key, a message is stored once.")
{
    /// <summary>The code of the error.</summary>
    public const string Known = "silo_lost";

    [Id(0)]
    public RoundGrainId Target { get; } = target;
}
