using Tributary.Rounds.Partitions;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>The error of a message whose silo ended before it answered.</summary>
internal static class LostMessages
{
    public const string Text =
        "The silo that took the message ended before it answered, and whether the message is stored is not known. Sent "
        + "again with the same key, a message is stored once.";

    public static TributaryException Error() => new(SiloLostException.Known, Text);
}
