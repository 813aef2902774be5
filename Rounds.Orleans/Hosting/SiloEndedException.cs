namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Orleans has given this silo up: the cluster declared it dead, or a part of Orleans failed.</summary>
/// <param name="cause">Null when the cluster ended the silo: then nothing in this process is broken.</param>
public sealed class SiloEndedException(string reason, Exception? cause = null)
    : Exception($"Orleans ended this silo: {reason}", cause);
