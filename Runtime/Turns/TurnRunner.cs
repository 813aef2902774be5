using Tributary.Runtime.Calls;
using Tributary.Runtime.Hashing;
using Tributary.Runtime.Loading;
using Tributary.Runtime.Reminders;
using Tributary.Runtime.Rounds;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Turns;

/// <summary>
/// Runs turns and puts what they ask for into the open round. A turn that throws leaves nothing behind but its failure;
/// what comes after it goes on.
/// </summary>
internal sealed class TurnRunner(
    SiloOptions options, SiloEnvironment environment, GrainTypes types, Partitioner partitioner,
    Activations activations, ExternalIds externalIds, ReminderBook reminders)
{
    // The longest error text that a failure keeps.
    private const int MaxErrorChars = 4_000;

    private readonly TurnContext context = new(types, externalIds);
    private readonly Queue<OneWayCall> chain = new();

    /// <summary>The sequence of the next deferred call; unique in the database, because one silo hands them out.</summary>
    public long NextDeferred { get; set; } = 1;

    /// <summary>Set while an input that the database refuses is taken out: it fails with this, and its turn does not run.</summary>
    public Rejection? Rejection { get; set; }

    /// <summary>Runs an input whose needs are loaded, and the calls that follow from it.</summary>
    public void Run(Input input, Activation activation, Round round, DateTimeOffset now)
    {
        round.Inputs.Add(input);
        round.InputBytes += input.Needs?.SizeBytes ?? 0;
        context.Now = now;
        var error = Rejection?.Error ?? activation.LoadError;
        if (error is null && activation.Merged is not null)
            ApplyMerged(activation, round);

        if (error is null && !(input is ReminderInput firing && reminders.IsStale(firing.Entry)))
            error = RunTurn(activation, round, input, static (grain, state) => ((Input)state).Run(grain));

        if (error is not null)
            Fail(input, error, activation.Partition, round);
        Settle(input, activation, round);
        RunChain(round);
    }

    /// <summary>Applies the merged calls: after this the round changes no more.</summary>
    public void Seal(Round round, DateTimeOffset now)
    {
        context.Now = now;
        for (var i = 0; i < round.Merged.Count; i++)
        {
            if (round.Merged[i].Merged is not null)
                ApplyMerged(round.Merged[i], round);
            RunChain(round);
        }

        foreach (var grain in round.Dirty)
        {
            round.States.Add((grain, grain.State!, !grain.Exists));
            grain.Exists = true;
        }

        round.IsSealed = true;
    }

    private void ApplyMerged(Activation activation, Round round)
    {
        var call = new OneWayCall(activation.Id, activation.MergedMethod!, [activation.Merged]);
        activation.Merged = null;
        RunOneWay(call, activation, round);
    }

    private void RunOneWay(OneWayCall call, Activation activation, Round round)
    {
        var error = activation.LoadError
            ?? RunTurn(activation, round, call, static (grain, state) => ((OneWayCall)state).Method.InvokeOneWay(grain, ((OneWayCall)state).Arguments));
        if (error is not null)
            Fail(call, activation.Partition, error, round);
    }

    private void Fail(OneWayCall call, PartitionId partition, Exception error, Round round)
    {
        // The error of the turn is worth more than that of its arguments, which are then missing.
        _ = TryWrite(call, out var arguments);
        round.Failures.Add(NewFailure(call.Target, partition, call.Method.Name, arguments, error));
    }

    private Exception? RunTurn(Activation activation, Round round, object state, Action<Grain, object> turn)
    {
        var before = activation.State;
        var effects = context.Effects;
        effects.Clear();
        context.Id = activation.Id;
        activation.Instance.Attach(context);
        try
        {
            turn(activation.Instance, state);
            if (effects.Messages.Count > options.MaxTurnMessagesCount)
                throw new TributaryException("turn_too_large", $"A turn appended {effects.Messages.Count} messages; the limit is {options.MaxTurnMessagesCount}.");
        }
        catch (Exception error)
        {
            effects.Clear();
            activation.Renew(before);
            return error;
        }

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
        }

        if (effects.IsEmpty)
            return;
        foreach (var message in effects.Messages)
            KeepMessage(message, activation.Partition, round);
        foreach (var (name, set) in effects.Reminders)
        {
            round.Reminders[(activation.Id, name)] = new ReminderWrite(activation.Partition, activation.Id, name, set, MayExist: true);
            reminders.Overlay(activation.Id, name, round.Number);
        }

        foreach (var call in effects.Calls)
            chain.Enqueue(call);
        effects.Clear();
    }

    private void KeepMessage(AppendedMessage appended, PartitionId partition, Round round)
    {
        var message = appended.Message;
        round.Messages.Add(appended);
        round.CountCompleted(message);
        if (message.ExternalId is null)
            return;
        var key = ExternalKey.Of(message.Source, message.ExternalId);
        var bodyHash = ExternalKey.Sha256Prefix(message.Body.Span);
        round.ExternalIds.Add(new ExternalIdRow(partition, key, bodyHash, round.Messages.Count - 1));
        externalIds.Write(key, new KnownMessage(appended, bodyHash), round.Number);
    }

    private void RunChain(Round round)
    {
        for (var made = 0; chain.TryDequeue(out var call); made++)
        {
            if (made >= options.MaxChainedCallsCount || round.Messages.Count >= options.MaxRoundMessagesCount
                || !activations.TryGet(call.Target, out var callee) || !callee.IsLoaded)
                Defer(call, round);
            else if (call.Method.Merger is { } merger)
                TryMerge(call, merger, callee, round);
            else
                RunOneWay(call, callee, round);
        }
    }

    // Merging is code of the argument's author: when it throws, this call fails as its turn would have.
    private void TryMerge(OneWayCall call, Merger merger, Activation callee, Round round)
    {
        try
        {
            Merge(call, merger, callee, round);
        }
        catch (Exception error)
        {
            Fail(call, callee.Partition, error, round);
        }
    }

    private static void Merge(OneWayCall call, Merger merger, Activation callee, Round round)
    {
        if (callee.Merged is null)
        {
            callee.Merged = merger.Fork(call.Arguments[0]!);
            callee.MergedMethod = call.Method;
            round.Merged.Add(callee);
        }
        else
        {
            merger.Absorb(callee.Merged, call.Arguments[0]!);
        }
    }

    // The callee is not here, or this round has done enough: the call becomes durable with its caller and is made by a
    // later round.
    private void Defer(OneWayCall call, Round round)
    {
        if (environment.Sabotage == Sabotage.DropDeferred)
            return;
        var partition = partitioner.Of(call.Target);
        if (TryWrite(call, out var arguments) is { } error)
            round.Failures.Add(NewFailure(call.Target, partition, call.Method.Name, arguments, error));
        else
            round.Deferred.Add(new DeferredCall(NextDeferred++, partition, call.Target, call.Method.Name, arguments));
    }

    // Arguments are written by code of their authors: what cannot be written fails this call and no other.
    private Exception? TryWrite(OneWayCall call, out ReadOnlyMemory<byte> arguments)
    {
        try
        {
            arguments = call.Method.WriteArguments(call.Arguments, types.ArgumentsJson);
            return null;
        }
        catch (Exception error)
        {
            arguments = default;
            return new TributaryException("arguments_unwritable", $"The arguments of {call.Method.Name} cannot be written as JSON: {error.Message}", error);
        }
    }

    private void Fail(Input input, Exception error, PartitionId partition, Round round)
    {
        input.Fail(error);
        if (input.Origin is { } origin)
            round.Failures.Add(NewFailure(input.Target, partition, origin.Method, Rejection is { KeepsArguments: false } ? default : origin.Arguments, error));
    }

    // What began the turn ends with the round, unless the turn itself set the reminder again.
    private void Settle(Input input, Activation activation, Round round)
    {
        if (input is DeferredInput deferred)
        {
            round.DeferredDone.Add(deferred.Call.Sequence);
        }
        else if (input is ReminderInput { Entry: var entry } && !reminders.IsStale(entry))
        {
            round.Reminders[(entry.Row.Grain, entry.Row.Name)] =
                new ReminderWrite(activation.Partition, entry.Row.Grain, entry.Row.Name, null, MayExist: true);
            reminders.Overlay(entry.Row.Grain, entry.Row.Name, round.Number);
        }
    }

    private FailureRow NewFailure(GrainId target, PartitionId partition, string method, ReadOnlyMemory<byte> arguments, Exception error)
    {
        var text = error is TributaryException known ? $"{known.Code}: {known.Message}" : $"{error.GetType().Name}: {error.Message}";
        return new FailureRow(
            environment.NewId(), context.Now, partition, target, method, arguments, text.Length > MaxErrorChars ? text[..MaxErrorChars] : text);
    }
}

/// <param name="KeepsArguments">False when the arguments themselves cannot be stored.</param>
internal sealed record Rejection(Exception Error, bool KeepsArguments);
