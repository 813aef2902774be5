using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.References;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>The round grains that code of this node calls: of this process, or of the whole cluster.</summary>
internal sealed class NodeReferences
{
    private readonly TaskCompletionSource reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeReferences(RoundEngine engine, RoundGrainTypes types, IServiceProvider host)
    {
        if (engine.IsAlone)
        {
            (Grains, BulkGrains, MakeAgain) = (engine.Grains, engine.BulkGrains, engine.MakeAgainAsync);
            reachable.SetResult();
            return;
        }

        var cluster = host.GetRequiredService<IGrainFactory>();
        var grains = new ClusterGrains(engine, engine.Grains, types, cluster);
        (Grains, MakeAgain) = (grains, grains.MakeAgainAsync);
        BulkGrains = new ClusterGrains(engine, engine.BulkGrains, types, cluster);
    }

    /// <summary>For callers that wait for an answer.</summary>
    public IRoundGrains Grains { get; }

    /// <summary>For loads of many messages, which give way to <see cref="Grains"/>.</summary>
    public IRoundGrains BulkGrains { get; }

    /// <summary>Makes a failed call again: see <see cref="RoundEngine.MakeAgainAsync"/>.</summary>
    public Func<Guid, Task<AgainResult>> MakeAgain { get; }

    /// <summary>Completes when all partitions can be called: in a cluster, once the silo is a part of it.</summary>
    public Task WhenReachable => reachable.Task;

    /// <summary>Orleans runs grains in this silo from now on.</summary>
    public void BecomeReachable() => reachable.TrySetResult();
}
