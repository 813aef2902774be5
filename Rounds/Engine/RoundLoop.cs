using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Loading;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Reminders;
using Tributary.Rounds.Turns;
using Tributary.Storage;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>
/// One incarnation of a silo: the loop that runs its turns. It stands for
/// <code>
/// while (true)
/// {
///     take what is waiting;
///     run the turns;
///     make the round durable;
///     let go of what the round saw;
/// }
/// </code>
/// with three things folded in: the turns of the next round run while a round commits, what turns need is loaded one
/// step ahead, and a round that the database refuses runs again in halves. Everything here runs on the loop; what
/// happens elsewhere comes in as an event.
/// </summary>
internal sealed partial class RoundLoop
{
    // How many turns run between two looks at the stopwatch.
    private const int TurnsPerLookCount = 64;

    private readonly RoundOptions options;
    private readonly RoundEnvironment environment;
    private readonly EngineRules rules;
    private readonly IPartitionStore store;
    private readonly Inbox inbox;
    private readonly RoundGrainTypes types;
    private readonly RoundInstruments instruments;
    private readonly ILogger logger;
    private readonly SiloId silo;

    private readonly Activations activations;
    private readonly ExternalIds externalIds;
    private readonly Loader loader;
    private readonly ReminderBook reminders;
    private readonly ActivityRunner activities;
    private readonly TurnRunner runner;
    private readonly Committer committer;
    private readonly DatabaseClock clock;
    private readonly LimitedLog retries;
    private readonly FailedCalls failed;
    private readonly HeldPass held;
    private readonly HeldLog heldLog;
    private readonly EarlierLives lives;
    private readonly LoopCallbacks callbacks;
    private readonly DefinitionsVersion definitions;

    private readonly ConcurrentQueue<Action> events = new();
    private readonly Queue<Input> ready = new();

    // Inputs whose needs are loaded. They run before ready inputs, which came later: calls to one grain keep their
    // order.
    private readonly Queue<Input> woken = new();
    private readonly Queue<Input> own = new();
    private readonly int[] credits;
    private readonly TaskCompletionSource<LoopEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ending = new();
    private readonly ILoop loop;
    private readonly ITimer timer;

    private Round round;
    private DateTimeOffset lastCommitAt;
    private bool isStopping;
    private volatile bool hasEnded;

    public RoundLoop(
        Incarnation incarnation, StoreFacts facts, RoundOptions options, RoundEnvironment environment,
        IPartitionStore store, Inbox inbox,
        RoundGrainTypes types, IReadOnlyDictionary<string, IActivity> activityTypes, ActivityLoad activityLoad,
        EarlierLives lives, Task canStart, IReadOnlyList<PartitionId> toHold, LoopCallbacks callbacks,
        DefinitionsVersion definitions, RoundInstruments instruments, ILogger logger)
    {
        this.options = options;
        this.environment = environment;
        rules = environment.Rules;
        this.store = store;
        this.inbox = inbox;
        this.types = types;
        this.instruments = instruments;
        this.logger = logger;
        silo = incarnation.Silo;
        credits = [.. options.ClassWeights];
        this.definitions = definitions;
        definitions.Raise(incarnation.Definitions);
        round = NewRound(1);

        this.lives = lives;
        this.callbacks = callbacks;
        partitioner = new Partitions.Partitioner(facts.PartitionCount);
        partitions = new PartitionTable(facts.PartitionCount);
        deferred = new DeferredCalls(options, partitions, rules);
        partitions.Take(new PartitionChange(toHold));
        activations = new Activations(types, partitioner, options.MaxActivationsCount);
        externalIds = new ExternalIds(options.MaxExternalIdsCount);
        loader = new Loader(
            options, partitioner, partitions, activations, externalIds, rules, incarnation.HasUnscopedExternalIds);
        reminders = new ReminderBook(options);
        activities = new ActivityRunner(
            options,
            environment.Scheduler,
            activityTypes,
            reminders,
            activityLoad,
            new StartPolicy(lives, rules),
            new ActivityCallbacks(OnActivityDone, NoteStarts, canStart),
            logger);
        committer = new Committer(
            silo, options, environment, store, new Departures(callbacks.Committed), OnStoreAway, instruments, logger,
            ending.Token);
        retries = new LimitedLog(environment.Time);
        failed = new FailedCalls(options, partitions, partitioner);
        held = new HeldPass(options, partitions);
        heldLog = new HeldLog(environment.Time, logger);
        runner = new TurnRunner(
            options, environment, types, partitioner, partitions, activations, externalIds, reminders, heldLog);
        clock = new DatabaseClock(environment.Time);
        clock.Observe(incarnation.DatabaseTime);
        lastCommitAt = clock.Now;

        loop = environment.Scheduler.StartLoop(Step);
        timer = environment.Time.CreateTimer(
            static state => ((RoundLoop)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        loop.Wake();
        if (!canStart.IsCompleted)
            environment.Scheduler.Start(() => WakeAfterAsync(canStart));
    }

    /// <summary>Grains in memory, at about this moment. From any thread.</summary>
    public int ActivationsCount => activations.Count;

    /// <summary>Reminders and activities in memory, at about this moment. From any thread.</summary>
    public int NearRemindersCount => reminders.Count;

    /// <summary>How this incarnation ended; never faults.</summary>
    public Task<LoopEnd> Ended => ended.Task;

    /// <summary>A call was put into the inbox: the loop takes it soon.</summary>
    public void Wake() => loop.Wake();

    /// <summary>Runs the waiting inputs to their end, then leaves. The inbox is closed by then.</summary>
    public void BeginStop() => Post(() =>
    {
        isStopping = true;
        activities.Stop();
    });

    /// <summary>Acts like a process that died: nothing leaves, and nothing begins any more.</summary>
    public void Abandon()
    {
        End();
        loop.Stop();
    }

    private void Step()
    {
        try
        {
            LookAtClock();
            while (!hasEnded && events.TryDequeue(out var happened))
                happened();
            if (hasEnded)
                return;

            // The turns that ran while a round was committed are committed first: the disk never waits for turns.
            BeginCommit();
            FireReminders();
            RefuseWaiting();
            if (suspects.IsEmpty)
                RunTurns();
            else
                RunSuspects();
            BeginLoad();
            BeginDeferredRead();
            BeginReminderRead();
            BeginHeldRead();
            BeginFailureRead();
            BeginCommit();
            OfferFullRound();
            if (suspects.IsEmpty)
            {
                activations.Trim();
                externalIds.Trim();
            }

            if (isStopping && IsIdle)
                BeginLeave();
            else
                ArmTimer();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private bool IsIdle =>
        committing is null && round.Inputs.Count == 0 && suspects.IsEmpty && ready.Count == 0 && woken.Count == 0
        && inbox.Count == 0 && parked.Count == 0 && !loader.HasWork && (!failed.HasWork || refusal is not null);

    private bool IsRoundFull =>
        round.IsSealed
        || round.CallsCount >= options.MaxRoundInputsCount
        || round.InputBytes + round.RecordBytes >= options.MaxRoundBytes
        || round.Messages.Count >= options.MaxRoundMessagesCount
        || round.RaisedCount >= options.MaxRoundMessagesCount;

    private void RunTurns()
    {
        var began = environment.Time.GetTimestamp();
        var now = clock.Now;
        for (var i = 1; !IsRoundFull && TryTake(out var input); i++)
        {
            Run(input, now);
            if (i % TurnsPerLookCount != 0)
                continue;
            LookAtClock();
            if (!events.IsEmpty
                || (committing is null && environment.Time.GetElapsedTime(began) > options.MaxRoundTime))
            {
                // A commit or load has ended, or the round has been open long enough: the next step handles it and then
                // goes on here.
                loop.Wake();
                return;
            }
        }
    }

    // Runs the input's turn, unless the input has to wait for its needs.
    private void Run(Input input, DateTimeOffset now)
    {
        if (input is AgainCall again)
        {
            if (partitions.HasTaking)
                parked.Enqueue(again);
            else
                failed.Want(again);
            return;
        }

        if (IsElsewhere(input))
            return;

        if (ObstacleOf(input) is { } obstacle)
        {
            runner.Hold(input, obstacle, round, now);
            Took(input);
            return;
        }

        var isReady = loader.IsReady(input, out var activation, out var error);
        if (input is DeferredInput { IsBundle: true } row)
        {
            if (!isReady)
                return;
            runner.RunRow(row, round, now);
        }
        else if (error is not null && input.Instead(error) is { } instead)
            ready.Enqueue(instead);
        else if (error is not null)
            runner.Reject(input, error, keepsArguments: true, round, now);
        else if (!isReady || activation is null)
            return;
        else
            runner.Run(input, activation, round, now);
        Took(input);
    }

    // Takes inputs whose needs are loaded first; then the classes, each as often as its weight says while it has work.
    private bool TryTake([NotNullWhen(true)] out Input? input)
    {
        while (woken.TryDequeue(out input) || ready.TryDequeue(out input))
        {
            if (!IsSetAside(input))
                return true;
        }

        if (loader.IsFull || parked.Count >= options.MaxWaitingCallsCount)
            return false;

        for (var attempt = 0; attempt < 2; attempt++)
        {
            for (var workClass = 0; workClass < credits.Length; workClass++)
            {
                if (credits[workClass] > 0 && TryTake((WorkClass)workClass, out input))
                {
                    credits[workClass]--;
                    return true;
                }
            }

            for (var workClass = 0; workClass < credits.Length; workClass++)
                credits[workClass] = options.ClassWeights[workClass];
        }

        return false;
    }

    private bool TryTake(WorkClass workClass, [NotNullWhen(true)] out Input? input)
    {
        while (workClass == WorkClass.Reminders ? own.TryDequeue(out input) : inbox.TryTake(workClass, out input))
        {
            if (!IsSetAside(input))
                return true;
        }

        return false;
    }

    private void BeginLoad()
    {
        if (loader.TryBegin() is not { } request)
            return;
        StartBeside(async () =>
        {
            var began = environment.Time.GetTimestamp();
            var result = await RetryAsync("load", () => store.LoadAsync(request, CancellationToken.None));
            instruments.Loaded(environment.Time.GetElapsedTime(began));
            Post(() => loader.End(result, woken));
        });
    }

    private async Task<T> RetryAsync<T>(string operation, Func<ValueTask<T>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (StoreException error) when (error.IsPassing)
            {
                retries.Write(unsaid => LogRetry(operation, error.Message, unsaid));
            }

            await Task.Delay(options.Retries.After(attempt), environment.Time, ending.Token);
        }
    }

    // An error beside the loop is fatal, unless the incarnation has ended: then nothing waits for the work any more.
    private void StartBeside(Func<Task> work) => environment.Scheduler.StartUrgent(async () =>
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (hasEnded)
        {
            LogEnded();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    });

    // Nothing leaves and nothing begins any more, because memory may be wrong. Called from any thread.
    private void Fail(Exception error)
    {
        hasEnded = true;
        environment.OnFatal(error);
        ended.TrySetResult(LoopEnd.Failed);
        EndChanges();
    }

    private void End()
    {
        hasEnded = true;
        EndChanges();
        activities.Stop();
        timer.Dispose();
        ending.Cancel();
    }

    private void Post(Action happened)
    {
        events.Enqueue(happened);
        loop.Wake();
    }
}
