using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Reports;
using Tributary.Storage;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Brings partitions to where they belong. It takes partitions of this silo that no caller uses, because reminders may
/// be due in them and Orleans does not wake grains by itself, and moves partitions away that belong to another silo.
/// Checks at every change of the membership and every second, from the moment in which the silo is active until it
/// stops; then it moves all partitions to the silos that stay.
/// </summary>
internal sealed partial class PartitionWatch(
    RoundEngine engine, IGrainFactory grains, ILocalSiloDetails self, IClusterMembershipService membership,
    SiloWatch silos, PartitionPlacement placement, IPartitionHomes homes, PartitionMoves moves,
    MoveLog done,
    IServiceProvider services, TimeProvider time, ILogger<PartitionWatch> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // How long a silo that stops moves its partitions; it gives the rest with one statement.
    private static readonly TimeSpan MaxLeaveTime = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim changed = new(0, 1);
    private Task working = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(SiloWatch), ServiceLifecycleStage.ApplicationServices, cancellation =>
            engine.IsAlone ? Task.CompletedTask : silos.KillEndedAsync(cancellation));
        lifecycle.Subscribe(nameof(PartitionWatch), ServiceLifecycleStage.Active, BeginAsync, EndAsync);
    }

    public void Dispose()
    {
        ending.Dispose();
        changed.Dispose();
    }

    private Task BeginAsync(CancellationToken cancellation)
    {
        engine.LeftElsewhere = new RowHints(grains, placement, homes).Tell;
        silos.Changed = Look;
        var work = new List<Func<Task>> { LookAsync, () => AgainAsync(WatchAsync) };
        if (!engine.IsAlone)
            work.AddRange([() => AgainAsync(() => silos.RunAsync(ending.Token)), EndWithEngineAsync]);
        working = Task.WhenAll(work.Select(one => Task.Run(() => GuardAsync(one), CancellationToken.None)));
        return Task.CompletedTask;
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        await ending.CancelAsync();
        await working;
        if (!engine.IsAlone && engine.IsReady)
            await LeaveAsync(cancellation);
    }

    private async Task LookAsync()
    {
        while (true)
        {
            await GuardAsync(BringHomeAsync);
            using var period = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            var next = Task.Delay(Period, time, period.Token);
            await Task.WhenAny(next, changed.WaitAsync(period.Token));
            await period.CancelAsync();
            ending.Token.ThrowIfCancellationRequested();
        }
    }

    // Begins work again that an error has ended.
    private async Task AgainAsync(Func<Task> work)
    {
        while (true)
        {
            await GuardAsync(work);
            await Task.Delay(Period, time, ending.Token);
        }
    }

    private async Task BringHomeAsync()
    {
        await TakeMissingAsync();
        if (!engine.IsAlone)
            await MoveMisplacedAsync();
    }

    private async Task WatchAsync()
    {
        await foreach (var _ in membership.MembershipUpdates.WithCancellation(ending.Token))
        {
            // The rows of silos that have just died are freed before their partitions are taken.
            if (!engine.IsAlone)
                await GuardAsync(() => silos.LookAsync(ending.Token));
            Look();
        }
    }

    // Another silo declared this one dead: its process ends, and a supervisor starts it again.
    private async Task EndWithEngineAsync()
    {
        await engine.Ended.WaitAsync(ending.Token);
        services.GetService<IProcessFaults>()?.Report(
            new SiloEndedException("another silo declared it dead in the database"));
    }

    private void Look()
    {
        if (changed.CurrentCount > 0)
            return;
        try
        {
            changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call came first: one look serves both.
        }
    }

    // Only the partitions that belong here by the silos that live: each silo watches its own.
    private async Task TakeMissingAsync()
    {
        var count = engine.Facts.PartitionCount;
        if (engine.PartitionsCount == count)
            return;
        var candidates = placement.Silos();
        if (candidates.Count == 0)
            return;
        List<PartitionId> missing =
        [
            .. Enumerable.Range(0, count).Select(static id => new PartitionId(id))
                .Where(partition => !engine.IsHere(partition) && BelongsHere(partition, candidates)),
        ];
        if (missing.Count == 0)
            return;
        try
        {
            // Partitions that living silos own stay with them until these have moved them.
            var here = await engine.TakeAsync(missing, ending.Token);
            if (here.Count > 0)
                done.Add(SiloMoveKind.Taken, here.Count, "Nobody owned them, or their owner was dead.");
        }
        catch (OverloadedException)
        {
            LogNotHeld(missing.Count);
        }
    }

    private async Task MoveMisplacedAsync()
    {
        if (Misplaced().Count == 0)
            return;
        // A silo that is leaving has just handed over what belongs to it by an older look.
        if (!await silos.LookAsync(ending.Token) || Misplaced() is not { Count: > 0 } misplaced)
            return;
        var count = await moves.MoveAsync(misplaced, HomeAmong(placement.Silos()), ending.Token);
        if (count == 0)
            return;
        LogMoved(count);
        done.Add(SiloMoveKind.Given, count, placement.IsCordoned()
            ? "This silo is cordoned." : "They belong to other silos since silos came or went, or were cordoned.");
    }

    private List<PartitionId> Misplaced()
    {
        var candidates = placement.Silos();
        // Without a view there is no better place.
        return candidates.Count == 0 ? []
            : [.. Held().Where(partition => !BelongsHere(partition, candidates))];
    }

    // The partitions go one step after the other while this silo still answers.
    private async Task LeaveAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(MaxLeaveTime);
        try
        {
            if (engine.Silo is not { } silo || placement.IsLast())
                return;
            if (!await silos.BeginLeaveAsync(silo, limit.Token))
                return;
            var count = await moves.MoveAsync(Held(), HomeAmong(placement.Silos()), limit.Token);
            LogMoved(count);
            done.Add(SiloMoveKind.Given, count, "This silo stops.");
        }
        catch (Exception error)
        {
            // Whatever it was: the engine gives the rest when it leaves.
            LogNotMoved(error.Message);
        }
    }

    private List<PartitionId> Held() =>
        [.. Enumerable.Range(0, engine.Facts.PartitionCount).Select(static id => new PartitionId(id))
            .Where(engine.IsHere)];

    private bool BelongsHere(PartitionId partition, IReadOnlyList<SiloAddress> candidates) =>
        HomeAmong(candidates)(partition).Equals(self.SiloAddress);

    private Func<PartitionId, SiloAddress> HomeAmong(IReadOnlyList<SiloAddress> candidates) =>
        partition => homes.Choose(partition, candidates);

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
            // Partitions that are called are activated all the same; the others wait for the next check.
            LogFailed(error);
        }
    }
}
