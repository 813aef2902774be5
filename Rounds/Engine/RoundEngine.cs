using Microsoft.Extensions.Logging;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reminders;
using Tributary.Rounds.Reports;
using Tributary.Storage;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>
/// A silo of this process, through all its incarnations: it starts, rejoins when it was declared dead, and stops in
/// order. Calls of its references come from outside: they wait in the inbox until an incarnation takes them.
/// </summary>
public sealed partial class RoundEngine
{
    private readonly RoundOptions options;
    private readonly IPartitionStore store;
    private readonly RoundGrainTypes types;
    private readonly IReadOnlyDictionary<string, IActivity> activities;
    private readonly RoundEnvironment environment;
    private readonly ILogger logger;
    private readonly Inbox inbox;
    private readonly RoundInstruments instruments;
    private readonly LimitedLog retries;
    private readonly ActivityLoad activityLoad = new();
    private readonly EarlierLives lives = new();
    private readonly DefinitionsVersion definitions = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RoundLoop? loop;
    private volatile bool isAbandoned;
    private volatile bool isStopping;
    private volatile StoreFacts? facts;

    // An ended incarnation of this process, until its notes of started activities are withdrawn.
    private SiloId? ended;

    private SiloId? current;

    public RoundEngine(
        RoundOptions options, IPartitionStore store, RoundGrainTypes types,
        IReadOnlyDictionary<string, IActivity> activities,
        RoundEnvironment environment, ILogger<RoundEngine> logger)
    {
        this.options = options;
        this.store = store;
        this.types = types;
        this.activities = activities;
        this.environment = environment;
        this.logger = logger;
        inbox = new Inbox(options);
        instruments = new RoundInstruments(environment.Meter, environment.Time);
        if (environment.Meter is { } meter)
            EngineInstruments.Add(meter, this, inbox, () => loop);
        retries = new LimitedLog(environment.Time);
        var calls = NewCaller(WorkClass.Calls);
        Grains = calls;
        Requests = calls;
        BulkGrains = NewCaller(WorkClass.Bulk);
    }

    /// <summary>References for callers that wait for an answer.</summary>
    public IRoundGrains Grains { get; }

    /// <summary>The way in for requests of references that are made elsewhere.</summary>
    public IRequestDoor Requests { get; }

    /// <summary>References for loads of many messages, which give way to <see cref="Grains"/>.</summary>
    public IRoundGrains BulkGrains { get; }

    /// <summary>Known once the silo has started.</summary>
    public StoreFacts Facts => facts ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>True while an incarnation runs.</summary>
    public bool IsReady => loop is { Ended.IsCompleted: false };

    /// <summary>
    /// Why nothing can be stored at the moment: the disk is full, or the database does not answer. Null when it can.
    /// </summary>
    public StoreException? Refusal => loop?.Refusal;

    /// <summary>
    /// True when the process before this one did not leave the database in order; known once the silo has started.
    /// </summary>
    public bool IsAfterCrash => lives.IsAfterCrash;

    /// <summary>
    /// Activities that may have ended an earlier process do not start before this has completed, so that they are not
    /// blamed when the process ends on its way to being ready. Set before the start; never faults.
    /// </summary>
    public Task CanStart { get; set; } = Task.CompletedTask;

    /// <summary>Calls that wait for the loop.</summary>
    public int WaitingCount => inbox.Count;

    /// <summary>Activities that are due and wait in memory, that run, and whose results wait for their turns.</summary>
    public int ActivityCount => activityLoad.Count;

    /// <summary>The rounds of the last ten seconds. From any thread.</summary>
    public RoundFigures Figures => instruments.Rates.Read();

    /// <summary>
    /// Completes at once while due activities are taken as they come, and otherwise when they are again. A source of
    /// work that starts activities slows down by awaiting this. From any thread.
    /// </summary>
    public ValueTask WaitForActivityRoomAsync(CancellationToken cancellation = default) =>
        activityLoad.WaitForRoomAsync(cancellation);

    /// <summary>A round with messages became durable. Called beside the loop; must return at once.</summary>
    public Action? RoundCommitted { get; set; }

    /// <summary>
    /// A round became durable, with its changes. Called beside the loop, before callers are answered; must return at
    /// once.
    /// </summary>
    public Action<RoundCommit>? ChangesCommitted { get; set; }

    /// <summary>
    /// The version of the definitions by which turns count messages. Set when a later version becomes known; an earlier
    /// one changes nothing. From any thread.
    /// </summary>
    public long Definitions
    {
        get => definitions.Value;
        set => definitions.Raise(value);
    }

    /// <summary>
    /// A round was refused because a later version of the definitions counts, and runs again. Called on the loop; must
    /// return at once.
    /// </summary>
    public Action<long>? DefinitionsChanged { get; set; }

    /// <summary>Opens the store and joins. Returns when turns run.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        facts = await OpenAsync(cancellation);
        if (options.IsAlone)
            Hold(AllPartitions());
        await JoinAsync(cancellation);
        environment.Scheduler.Start(LiveAsync);
        if (options.IsAlone && !isAbandoned)
            await TakeAllAsync(cancellation);
    }

    /// <summary>Refuses further calls, finishes those that wait, and leaves.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        inbox.Close();
        isStopping = true;
        // Either this sees the incarnation that is joining now, or that incarnation sees that it must stop.
        Interlocked.MemoryBarrier();
        if (loop is null)
            return;
        loop.BeginStop();
        await stopped.Task.WaitAsync(cancellation);
    }

    /// <summary>
    /// Stops as a crash does: nothing is finished, and nothing leaves any more. For tests and simulations.
    /// </summary>
    public void Abandon()
    {
        isAbandoned = true;
        loop?.Abandon();
        joinedNext.TrySetResult();
    }

    /// <summary>
    /// Makes a failed call again, once, however many requests for it come at once. The failure is deleted in the
    /// transaction of the turn's effects; this completes when that is durable. A call that fails again becomes a
    /// failure again, with its count of attempts.
    /// </summary>
    /// <exception cref="OverloadedException">More calls wait than the limits allow.</exception>
    public Task<AgainResult> MakeAgainAsync(Guid failure)
    {
        var call = new AgainCall(failure);
        Take(call, WorkClass.Calls);
        return call.Answer;
    }

    private void OnOutdated(long version) => DefinitionsChanged?.Invoke(version);

    private void OnCommitted(RoundCommit round)
    {
        ChangesCommitted?.Invoke(round);
        if (round.Messages.Count > 0)
            RoundCommitted?.Invoke();
    }

    // Waits for a full disk at the start: ending and starting again would not help.
    private async Task<StoreFacts> OpenAsync(CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.OpenAsync(cancellation);
            }
            catch (StoreException error) when (error.Fault == StoreFault.Full)
            {
                retries.Write(unsaid => LogNoRoom(error.Message, unsaid));
            }

            await Task.Delay(options.Retries.After(attempt), environment.Time, cancellation);
        }
    }

    private async Task LiveAsync()
    {
        try
        {
            while (await loop!.Ended == LoopEnd.Dead && !isAbandoned)
            {
                ended = current;
                Died?.Invoke(ended!.Value);
                if (!options.Rejoins)
                {
                    LogDeadForGood();
                    await EndAsync();
                    break;
                }

                LogDead();
                await JoinAsync(CancellationToken.None);
            }

            Stopped();
        }
        catch (Exception error)
        {
            if (!isAbandoned)
                environment.OnFatal(error);
            // Nothing is left that could stop in order.
            Stopped();
        }
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        for (var attempt = 1; !isAbandoned; attempt++)
        {
            try
            {
                // The process lives: the activities of its ended incarnation did not end it.
                if (ended is { } over)
                    await store.LeaveAsync(over, cancellation);
                ended = null;
                var request = new JoinRequest(options.Address)
                {
                    IsAlone = options.IsAlone, Cluster = options.ClusterId,
                };
                var incarnation = await store.JoinAsync(request, cancellation);
                current = incarnation.Silo;
                lives.Joined(incarnation);
                if (isAbandoned)
                    return;
                LogJoined(incarnation.Silo);
                var joined = new RoundLoop(
                    incarnation, Facts, options, environment, store, inbox, types, activities, activityLoad, lives,
                    CanStart, ToHold(), new LoopCallbacks(OnCommitted, OnLeftElsewhere, OnOutdated), definitions,
                    instruments, logger);
                loop = joined;
                Interlocked.MemoryBarrier();
                Joined();
                // Calls that came in meanwhile woke the incarnation before this one.
                joined.Wake();
                if (isStopping)
                    joined.BeginStop();
                return;
            }
            catch (StoreException error) when (error.IsPassing)
            {
                retries.Write(unsaid => LogJoinRetry(error.Message, unsaid));
            }

            await Task.Delay(options.Retries.After(attempt), environment.Time, cancellation);
        }
    }

    private OutsideCalls NewCaller(WorkClass workClass) => new(types, options, environment.Time, workClass, Take);

    private void Take(Input input, WorkClass workClass)
    {
        try
        {
            inbox.Add(input, workClass);
        }
        finally
        {
            // Also after a refusal: a silo that stops waits until no call is on its way in.
            loop?.Wake();
        }
    }
}
