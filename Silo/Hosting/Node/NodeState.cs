using Tributary.Api.Health;

namespace Tributary.Silo.Hosting.Node;

/// <summary>Whether this node takes requests, from before its start until after its stop.</summary>
internal sealed class NodeState : INodeReadiness
{
    private volatile EngineState? engine;
    private volatile bool isStopping;

    /// <summary>True from the last step of the start to the first of the stop, while an incarnation runs.</summary>
    public bool IsReady => !isStopping && engine is { } started && started.IsReady();

    /// <summary>True from the first step of the stop.</summary>
    public bool IsStopping => isStopping;

    /// <inheritdoc/>
    public TributaryException? Refusal => engine?.Refusal();

    /// <summary>The last step of the start.</summary>
    public void BeginServing(Func<bool> isReady, Func<TributaryException?> refusal) =>
        engine = new EngineState(isReady, refusal);

    /// <summary>The first step of the stop. False when it was taken already.</summary>
    public bool BeginStop() => !Interlocked.Exchange(ref isStopping, true);

    private sealed record EngineState(Func<bool> IsReady, Func<TributaryException?> Refusal);
}
