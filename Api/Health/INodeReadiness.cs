using Tributary.Storage;

namespace Tributary.Api.Health;

/// <summary>Whether a node takes messages; can be asked from before its start until after its stop.</summary>
public interface INodeReadiness
{
    /// <summary>True while calls are taken.</summary>
    bool IsReady { get; }

    /// <summary>Why nothing can be stored at the moment; null when it can, and in a process that only reads.</summary>
    StoreException? Refusal { get; }
}
