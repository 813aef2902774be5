using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Activates partitions that no caller uses, because reminders may be due in them and Orleans does not wake grains by
/// itself. Checks at every change of the membership and every second, from the moment in which the silo is active until
/// it stops.
/// </summary>
internal sealed partial class PartitionWatch(
    RoundEngine engine, IGrainFactory grains, ILocalSiloDetails self, IClusterMembershipService membership,
    TimeProvider time, ILogger<PartitionWatch> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim changed = new(0, 1);
    private Task looking = Task.CompletedTask;
    private Task watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(PartitionWatch), ServiceLifecycleStage.Active,
        _ =>
        {
            engine.LeftElsewhere = new RowHints(grains, membership).Tell;
            looking = Task.Run(() => GuardAsync(LookAsync), CancellationToken.None);
            watching = Task.Run(() => GuardAsync(WatchAsync), CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await ending.CancelAsync();
            await Task.WhenAll(looking, watching);
        });

    public void Dispose()
    {
        ending.Dispose();
        changed.Dispose();
    }

    private async Task LookAsync()
    {
        while (true)
        {
            await TakeMissingAsync();
            using var period = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            var next = Task.Delay(Period, time, period.Token);
            await Task.WhenAny(next, changed.WaitAsync(period.Token));
            await period.CancelAsync();
            ending.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task WatchAsync()
    {
        await foreach (var _ in membership.MembershipUpdates.WithCancellation(ending.Token))
        {
            if (changed.CurrentCount == 0)
                changed.Release();
        }
    }

    // Only the partitions that belong here by the silos that live: each silo watches its own.
    private async Task TakeMissingAsync()
    {
        var count = engine.Facts.PartitionCount;
        if (engine.PartitionsCount == count)
            return;
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(static member => member.Status == SiloStatus.Active)
            .Select(static member => member.SiloAddress).ToArray();
        if (silos.Length == 0)
            return;
        var missing = Enumerable.Range(0, count).Where(partition =>
            !engine.IsHere(new PartitionId(partition))
            && RendezvousDirector.Choose(partition, silos).Equals(self.SiloAddress));
        await Task.WhenAll(missing.Select(HoldAsync));
    }

    private async Task HoldAsync(int partition)
    {
        try
        {
            await grains.GetGrain<IPartitionGrain>(partition).Hold();
        }
        catch (Exception error) when (!ending.IsCancellationRequested)
        {
            LogNotHeld(partition, error.Message);
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            LogEnded();
        }
        catch (Exception error)
        {
            // Partitions that are called are activated all the same; the others wait for the next check, here or in
            // another silo.
            LogFailed(error);
        }
    }
}
