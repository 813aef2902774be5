namespace Tributary.Api.Health;

/// <summary>Tells whether a node takes messages; callable from before its start until after its stop.</summary>
public interface INodeReadiness
{
    /// <summary>True while the node takes calls.</summary>
    bool IsReady { get; }

    /// <summary>
    /// The reason why no messages are taken now; null when they are, and in a process that only reads.
    /// </summary>
    TributaryException? Refusal { get; }
}
