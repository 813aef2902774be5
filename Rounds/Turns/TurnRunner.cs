using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Loading;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Reminders;
using Tributary.Storage.Failures;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Turns;

/// <summary>
/// Runs turns and puts their effects into the open round. A turn that throws leaves nothing behind but its failure; the
/// turns after it go on.
/// </summary>
internal sealed partial class TurnRunner(
    RoundOptions options, RoundEnvironment environment, RoundGrainTypes types, Partitioner partitioner,
    PartitionTable partitions, Activations activations, ExternalIds externalIds, ReminderBook reminders,
    HeldLog heldLog)
{
    private readonly TurnContext context = new(types, externalIds);
    private readonly Queue<OneWayCall> chain = new();
    private readonly EngineRules rules = environment.Rules;

    // The origin of the turn that runs.
    private long origin;

    /// <summary>Runs an input whose needs are loaded, and the calls that follow from it.</summary>
    public void Run(Input input, Activation activation, Round round, DateTimeOffset now)
    {
        round.Inputs.Add(input);
        round.CallsCount++;
        round.Held.Add(activation.Partition);
        round.InputBytes += input.SizeBytes;
        context.Now = now;
        Exception? error = activation.LoadError;
        if (error is null && activation.Merged is not null)
            ApplyMerged(activation, round);

        origin = OriginOf(input);
        var attempted = input;
        if (error is null && rules.RunsTurn(input, reminders))
        {
            error = RunTurn(activation, round, input, static (grain, state) => ((Input)state).Run(grain));
            if (error is not (null or UnreadableException) && input.Instead(error) is { } instead)
            {
                // The turn left nothing. When the round runs again, so does the input that it began with.
                attempted = instead;
                error = RunTurn(activation, round, instead, static (grain, state) => ((Input)state).Run(grain));
            }
        }

        if (error is UnreadableException obstacle)
            End(attempted, obstacle, round);
        else
            End(input, attempted, error, round);
        var made = 0;
        RunChain(round, ref made, options.MaxChainedCallsCount);
    }

    private static long OriginOf(Input input) =>
        input is DeferredInput deferred ? Origins.Of(deferred.Calls[0].Origin, deferred.Call) : 0;

    private void End(Input input, Input attempted, Exception? error, Round round)
    {
        if (error is not null)
            Fail(attempted, error, keepsArguments: true, round);
        Settle(input, round);
    }

    /// <summary>Takes out an input that the database refuses: its turn does not run, and it fails.</summary>
    /// <param name="keepsArguments">False when the arguments themselves cannot be stored.</param>
    public void Reject(Input input, Exception error, bool keepsArguments, Round round, DateTimeOffset now)
    {
        context.Now = now;
        round.Inputs.Add(input);
        round.CallsCount++;
        round.Held.Add(input.PartitionIn(partitioner));
        Fail(input, error, keepsArguments, round);
        Settle(input, round);
    }

    /// <summary>Applies the merged calls: after this the round changes no more.</summary>
    public void Seal(Round round, DateTimeOffset now)
    {
        context.Now = now;
        // The merged calls may call further grains, and those calls may be merged again. The bound is one call for each
        // grain plus the calls of one input.
        var made = 0;
        var limit = round.Merged.Count + options.MaxChainedCallsCount;
        for (var i = 0; i < round.Merged.Count; i++)
        {
            if (round.Merged[i].Merged is not null)
                ApplyMerged(round.Merged[i], round);
            RunChain(round, ref made, limit);
        }

        round.Left.MoveTo(round.Deferred, options, (call, error) => FailOneWay(call, error, round));
        foreach (var grain in round.Dirty)
        {
            round.States.Add((grain, grain.State!, !grain.Exists));
            grain.Exists = true;
        }

        round.IsSealed = true;
    }

    private void ApplyMerged(Activation activation, Round round)
    {
        var call = new OneWayCall(
            activation.Id, activation.MergedMethod!, activation.MergedMethod!.RequestOf(activation.Merged!))
        {
            Origin = activation.MergedOrigin,
        };
        activation.Merged = null;
        activation.MergedOrigin = 0;
        RunOneWay(call, activation, round);
    }

    private void RunOneWay(OneWayCall call, Activation activation, Round round)
    {
        if (activation.LoadError is { } obstacle)
        {
            HoldOneWay(call, obstacle, round);
            return;
        }

        origin = call.Origin;
        var error = RunTurn(
            activation, round, call, static (grain, state) =>
                RoundMethod.Run(grain, ((OneWayCall)state).Request));
        if (error is not null)
            FailOneWay(call, error, round);
    }

    private Exception? RunTurn(Activation activation, Round round, object state, Action<RoundGrain, object> turn)
    {
        var before = activation.State;
        var effects = context.Effects;
        round.Held.Add(activation.Partition);
        context.Definitions = round.Definitions;
        context.Enter(activation);
        try
        {
            var instance = activation.Instance;
            instance.Attach(context);
            turn(instance, state);
            if (effects.Messages.Count > options.MaxTurnMessagesCount)
                throw new TributaryException(
                    "turn_too_large",
                    $"A turn appended {effects.Messages.Count} messages; the limit is {options.MaxTurnMessagesCount}.");
            if (before is not null && activation.State is null)
                throw new TributaryException(
                    "turn_lost_state", "A turn set the grain's state to null; a grain that has a state keeps one.");
        }
        catch (Exception error)
        {
            context.Leave();
            effects.Clear();
            activation.Renew(before);
            return error;
        }

        context.Leave();
        activation.Instance.Attach(null);
        Keep(activation, before, round);
        return null;
    }

    private void Keep(Activation activation, object? before, Round round)
    {
        var effects = context.Effects;
        if (!ReferenceEquals(activation.State, before) && activation.DirtyRound != round.Number)
        {
            activation.DirtyRound = round.Number;
            round.Dirty.Add(activation);
            round.Writes.Add(activation.Partition);
        }

        if (effects.IsEmpty)
            return;
        round.Writes.Add(activation.Partition);
        foreach (var (message, external) in effects.Messages)
            KeepMessage(message, external, activation.Partition, round);
        foreach (var (name, set, local, localBytes) in effects.Reminders)
        {
            round.Reminders[(activation.Id, name)] = new ReminderWrite(activation.Partition, activation.Id, name, set)
            {
                Local = local,
                LocalBytes = localBytes,
            };
            reminders.Overlay(activation.Id, name, round.Number);
        }

        foreach (var (message, from, parts) in effects.Parts)
        {
            if (rules.WritesParts(round))
                round.SetParts(message, activation.Id.Key, from, parts, context.Now);
        }

        foreach (var (message, record) in effects.Records)
            round.SetRecord(message, activation.Id.Key, record);
        foreach (var (message, outcomes) in effects.Outcomes)
            round.AddOutcomes(message, outcomes);
        foreach (var call in effects.Calls)
            chain.Enqueue(call with { Origin = origin });
        effects.Clear();
    }

    private void KeepMessage(AppendedMessage appended, ExternalKey? external, PartitionId partition, Round round)
    {
        var message = appended.Message;
        round.Messages.Add(appended);
        round.CountAccepted(message, appended.Parts);
        if (external is not { } key)
            return;
        var bodyHash = ExternalKey.Sha256Prefix(message.Body.Span);
        round.ExternalIds.Add(new ExternalIdRow(partition, key, bodyHash, round.Messages.Count - 1));
        externalIds.Write((partition, key), new KnownMessage(appended, bodyHash), round.Number);
    }

    private void RunChain(Round round, ref int made, int limit)
    {
        for (; chain.TryDequeue(out var call); made++)
        {
            if (made >= limit || round.Messages.Count >= options.MaxRoundMessagesCount
                || !activations.TryGet(call.Target, out var callee) || !callee.IsLoaded || !IsHere(callee.Partition))
                Defer(call, round);
            else if (call.Method.Merger is { } merger)
                Merge(call, merger, callee, round);
            else
                RunInOrder(call, callee, round);
        }
    }

    // A partition that is being given is not here: its next owner makes the call.
    private bool IsHere(PartitionId partition) => partitions.HasAll || partitions.IsHere(partition);

    // Calls that were merged before this call were sent before it, and run before it.
    private void RunInOrder(OneWayCall call, Activation callee, Round round)
    {
        if (callee.Merged is not null)
            ApplyMerged(callee, round);
        RunOneWay(call, callee, round);
    }

    private void Merge(OneWayCall call, Merger merger, Activation callee, Round round)
    {
        try
        {
            if (callee.Merged is not null)
            {
                merger.Absorb(callee.Merged, call.Request.GetArgument(0)!);
                callee.MergedOrigin = Origins.Older(callee.MergedOrigin, call.Origin);
                return;
            }

            round.Held.Add(callee.Partition);
            callee.Merged = merger.Fork(call.Request.GetArgument(0)!);
            callee.MergedMethod = call.Method;
            callee.MergedOrigin = call.Origin;
            round.Merged.Add(callee);
        }
        catch (Exception error)
        {
            // An argument that cannot be combined fails like the turn that it would have been part of.
            FailOneWay(call, error, round);
        }
    }

    // The callee is in another silo, or this round has done enough: the call becomes durable with its caller, and a
    // later round makes it.
    private void Defer(OneWayCall call, Round round)
    {
        if (rules.Defers(call))
            round.Left.Add(partitioner.Of(call.Target), call);
    }

    private void FailOneWay(OneWayCall call, Exception error, Round round)
    {
        _ = TryWriteArguments(call, out var arguments);
        round.Failures.Add(NewFailure(call.Target, call.Method.Name, arguments, error));
    }

    // A grain may pass any argument. Some cannot be written as JSON; then only the call fails.
    private TributaryException? TryWriteArguments(OneWayCall call, out ReadOnlyMemory<byte> arguments)
    {
        try
        {
            arguments = call.Method.WriteArguments(call.Request, RoundGrainTypes.ArgumentsJson);
            return null;
        }
        catch (Exception error)
        {
            arguments = default;
            return new TributaryException(
                "arguments_unwritable", $"The arguments of the call cannot be written as JSON: {error.Message}", error);
        }
    }

    private void Fail(Input input, Exception error, bool keepsArguments, Round round)
    {
        input.Fail(error);
        if (input.Origin is not { } origin)
            return;
        var failure = NewFailure(input.Target, origin.Method, keepsArguments ? origin.Arguments : default, error);
        if (input is AgainInput again)
            again.Fail(failure = failure with { Attempts = again.Row.Attempts + 1 });
        round.Failures.Add(failure);
    }

    // The row that began the turn (a reminder, a deferred call, a failure) goes in the turn's round, unless the turn
    // itself set the reminder again.
    private void Settle(Input input, Round round)
    {
        if (input is not Call)
            round.Writes.Add(input.PartitionIn(partitioner));
        if (!rules.EndsWithRound(input))
            return;
        if (input is DeferredInput deferred)
        {
            (deferred.Held is null ? round.DeferredDone : round.Kept.HeldDone).Add(deferred.Call.Sequence);
        }
        else if (input is AgainInput again)
        {
            round.Kept.FailuresDone.Add(again.Row.Id);
        }
        else if (input is ReleaseInput release)
        {
            round.Kept.Released.Add(release.Settle(null, context.Now));
        }
        else if (input is ReminderInput { Entry: var entry } && !reminders.IsStale(entry))
        {
            round.Reminders[(entry.Row.Grain, entry.Row.Name)] =
                new ReminderWrite(entry.Row.Partition, entry.Row.Grain, entry.Row.Name, null);
            reminders.Overlay(entry.Row.Grain, entry.Row.Name, round.Number);
        }
    }

    private FailureRow NewFailure(
        RoundGrainId target, string method, ReadOnlyMemory<byte> arguments, Exception error) =>
        new(environment.NewId(), context.Now, partitioner.Of(target), target, method, arguments, ErrorText.Of(error));
}
