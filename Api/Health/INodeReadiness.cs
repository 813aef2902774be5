using Tributary.Storage;

namespace Tributary.Api.Health;

/// <summary>Tells whether a node takes messages; callable from before its start until after its stop.</summary>
public interface INodeReadiness
{
    /// <summary>True while the node takes calls.</summary>
    bool IsReady { get; }

    /// <summary>
    /// The reason why the store takes no messages now; null when it does, and in a process that only reads.
    /// </summary>
    StoreException? Refusal { get; }
}
