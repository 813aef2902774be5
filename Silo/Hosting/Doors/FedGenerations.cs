using Tributary.Pipeline.Generations;
using Tributary.Silo.Hosting.Cluster;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// The live definitions as the database has them, with what only silos know: which generations they count messages in.
/// </summary>
internal sealed class FedGenerations(
    ClusterLink link, RemoteOperations operations, Func<LiveDefinitions> stored, TimeProvider time)
{
    /// <summary>How often it asks: silos that start with another configuration feed others.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile Shown? shown;

    /// <summary>One snapshot, the same until something changes.</summary>
    public LiveDefinitions Read()
    {
        var now = stored();
        if (shown is not { } last)
            return now;
        if (last.Stored != now)
            shown = last = last with { Stored = now, Live = now with { Fed = last.Fed } };
        return last.Live;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (link.IsUp)
                await LookAsync();
            await Task.Delay(Period, time, cancellation);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var fed = await operations.ReadFedAsync();
            if (shown?.Fed.SetEquals(fed) == true)
                return;
            var now = stored();
            shown = new Shown(now, fed, now with { Fed = fed });
        }
        catch (TributaryException)
        {
            // No silo is there to ask; readers see what was fed before.
        }
    }

    private sealed record Shown(LiveDefinitions Stored, IReadOnlySet<int> Fed, LiveDefinitions Live);
}
