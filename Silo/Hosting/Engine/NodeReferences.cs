using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
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
            (Grains, BulkGrains) = (engine.Grains, engine.BulkGrains);
            reachable.SetResult();
            return;
        }

        var cluster = host.GetRequiredService<IGrainFactory>();
        Grains = new ClusterGrains(engine, engine.Grains, types, cluster);
        BulkGrains = new ClusterGrains(engine, engine.BulkGrains, types, cluster);
    }

    /// <summary>For callers that wait for an answer.</summary>
    public IRoundGrains Grains { get; }

    /// <summary>For loads of many messages, which give way to <see cref="Grains"/>.</summary>
    public IRoundGrains BulkGrains { get; }

    /// <summary>Completes when all partitions can be called: in a cluster, once the silo is a part of it.</summary>
    public Task WhenReachable => reachable.Task;

    /// <summary>Orleans runs grains in this silo from now on.</summary>
    public void BecomeReachable() => reachable.TrySetResult();
}
