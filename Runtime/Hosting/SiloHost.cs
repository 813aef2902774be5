using Microsoft.Extensions.Logging;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Kept;
using Tributary.Runtime.Reminders;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Hosting;

/// <summary>
/// A silo of this process, through all its incarnations: starts, rejoins when it was declared dead, stops in order.
/// References from here are calls from outside: they wait in the inbox until an incarnation takes them.
/// </summary>
public sealed partial class SiloHost
{
    // Deferred calls read at a time when an incarnation begins.
    private const int DeferredPageCount = 10_000;

    private readonly SiloOptions options;
    private readonly IPartitionStore store;
    private readonly GrainTypes types;
    private readonly IReadOnlyDictionary<string, IActivity> activities;
    private readonly SiloEnvironment environment;
    private readonly ILogger logger;
    private readonly Inbox inbox;
    private readonly ActivityLoad activityLoad = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SiloLoop? loop;
    private volatile bool isAbandoned;
    private volatile bool isStopping;
    private StoreFacts? facts;

    public SiloHost(
        SiloOptions options, IPartitionStore store, GrainTypes types, IReadOnlyDictionary<string, IActivity> activities,
        SiloEnvironment environment, ILogger<SiloHost> logger)
    {
        this.options = options;
        this.store = store;
        this.types = types;
        this.activities = activities;
        this.environment = environment;
        this.logger = logger;
        inbox = new Inbox(options);
        Grains = new OutsideCaller(this, WorkClass.Calls);
        BulkGrains = new OutsideCaller(this, WorkClass.Bulk);
    }

    /// <summary>References for callers that wait for an answer.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>References for loads of many messages, which give way to <see cref="Grains"/>.</summary>
    public IGrainFactory BulkGrains { get; }

    /// <summary>Known once the silo has started.</summary>
    public StoreFacts Facts => facts ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>The ids of <see cref="SiloOptions.IndexedPaths"/>, in their order; known once the silo has started.</summary>
    public IReadOnlyList<int> IndexedPathIds { get; private set; } = [];

    /// <summary>True while an incarnation runs.</summary>
    public bool IsReady => loop is { Ended.IsCompleted: false };

    /// <summary>Calls that wait for the loop.</summary>
    public int WaitingCount => inbox.Count;

    /// <summary>Activities that are due and were taken into memory, that run, and whose results wait for their turns.</summary>
    public int ActivityCount => activityLoad.Count;

    /// <summary>
    /// Completes at once while activities that are due are taken as they come, and otherwise when they are again: whoever brings work that starts
    /// activities slows down by awaiting it. From any thread.
    /// </summary>
    public ValueTask WaitForActivityRoomAsync(CancellationToken cancellation = default) => activityLoad.WaitForRoomAsync(cancellation);

    /// <summary>A round with messages became durable. Called beside the loop; must return at once.</summary>
    public Action? RoundCommitted { get; set; }

    /// <summary>A round became durable, with what it changed. Called beside the loop, before callers are answered; must return at once.</summary>
    public Action<RoundCommit>? ChangesCommitted { get; set; }

    /// <summary>Opens the store and joins. Returns when turns run.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        facts = await store.OpenAsync(cancellation);
        await JoinAsync(cancellation);
        environment.Scheduler.Start(LiveAsync);
    }

    /// <summary>Stops taking, finishes what waits, leaves.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        inbox.Close();
        isStopping = true;
        // Either this sees the incarnation that is joining now, or that one sees that it is to stop.
        Interlocked.MemoryBarrier();
        if (loop is null)
            return;
        loop.BeginStop();
        await stopped.Task.WaitAsync(cancellation);
    }

    /// <summary>Stops as a crash does: nothing is finished, nothing leaves any more. For tests and simulations.</summary>
    public void Abandon()
    {
        isAbandoned = true;
        loop?.Abandon();
    }

    /// <summary>
    /// Makes a failed call again, once, however many ask for it at once: its failure goes in the same transaction as
    /// the turn's effects.
    /// Ends when that is durable. A call that fails again becomes a failure again, with its count of attempts.
    /// </summary>
    /// <exception cref="OverloadedException">More waits than the limits allow.</exception>
    public Task<AgainResult> MakeAgainAsync(Guid failure)
    {
        var call = new AgainCall(failure);
        Take(call, WorkClass.Calls);
        return call.Answer;
    }

    private void OnCommitted(RoundCommit round)
    {
        ChangesCommitted?.Invoke(round);
        if (round.Messages.Count > 0)
            RoundCommitted?.Invoke();
    }

    private async Task LiveAsync()
    {
        try
        {
            while (await loop!.Ended == LoopEnd.Dead && !isAbandoned)
            {
                LogDead();
                await JoinAsync(CancellationToken.None);
            }

            stopped.TrySetResult();
        }
        catch (Exception error)
        {
            if (!isAbandoned)
                environment.OnFatal(error);
        }
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        for (var delay = options.RetryDelay; !isAbandoned; delay = delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay)
        {
            try
            {
                var incarnation = await store.JoinAsync(options.Address, options.IndexedPaths, cancellation);
                var deferred = await ReadDeferredAsync(cancellation);
                var lastCall = await store.Held.ReadLastCallAsync(cancellation);
                if (isAbandoned)
                    return;
                // The same in every incarnation, so that messages which wait in the inbox stay right.
                IndexedPathIds = incarnation.IndexedPaths;
                LogJoined(incarnation.Silo, deferred.Count);
                var joined = new SiloLoop(
                    incarnation, Facts, options, environment, store, inbox, types, activities, activityLoad, deferred,
                    lastCall, OnCommitted, logger);
                loop = joined;
                Interlocked.MemoryBarrier();
                // What came in meanwhile woke the incarnation before this one.
                joined.Wake();
                if (isStopping)
                    joined.BeginStop();
                return;
            }
            catch (StoreException error) when (error.Fault == StoreFault.Transient && facts is not null)
            {
                LogJoinRetry(error);
            }

            await Task.Delay(delay, environment.Time, cancellation);
        }
    }

    private async Task<List<DeferredCall>> ReadDeferredAsync(CancellationToken cancellation)
    {
        var all = new List<DeferredCall>();
        IReadOnlyList<DeferredCall> page;
        do
        {
            page = await store.ReadDeferredCallsAsync(all.Count == 0 ? 0 : all[^1].Sequence, DeferredPageCount, cancellation);
            all.AddRange(page);
        }
        while (page.Count == DeferredPageCount);

        return all;
    }

    private void Take(Input input, WorkClass workClass)
    {
        try
        {
            inbox.Add(input, workClass);
        }
        finally
        {
            // Also when it was refused: a silo that stops waits until nothing is on its way in.
            loop?.Wake();
        }
    }

    /// <summary>Turns references into calls of the inbox.</summary>
    private sealed class OutsideCaller(SiloHost host, WorkClass workClass) : IGrainFactory, ICallSink
    {
        public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
            GrainReference.Create<TGrain>(host.types.Interface<TGrain>(), key, this);

        public object Send(GrainId target, GrainMethod method, object?[] arguments)
        {
            var call = method.NewCall(target, arguments);
            host.Take(call, workClass == WorkClass.Calls && method.IsReadOnly ? WorkClass.Reads : workClass);
            return call.Task;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Joined as silo {Silo}; {DeferredCount} deferred calls go on.")]
    private partial void LogJoined(SiloId silo, int deferredCount);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not let the silo join; trying again.")]
    private partial void LogJoinRetry(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This incarnation was declared dead; joining again as a new one.")]
    private partial void LogDead();
}
