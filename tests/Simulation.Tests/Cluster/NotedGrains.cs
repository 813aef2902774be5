using Tributary.Items;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>The grains as the door of one request calls them: notes each message before it leaves.</summary>
internal sealed class NotedGrains(ClusterRun run, IRoundGrains grains) : IRoundGrains
{
    /// <summary>The message as it was sent last.</summary>
    public IncomingMessage? Last { get; private set; }

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        grains.GetGrain<TGrain>(key);

    public ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn,
        AnotherAnswer<TArgument, TResult>? again = null)
        where TGrain : class, IGrainWithStringKey
    {
        if (argument is IncomingMessage message)
            run.Items.Sent(Last = message);
        return grains.Call(key, argument, turn, again);
    }

    public bool IsNear<TGrain>(string key) where TGrain : class, IGrainWithStringKey => grains.IsNear<TGrain>(key);
}
