using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Grains.Items.Processing;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// Takes the results of activities; <see cref="ProcessingTransitions"/> says what follows. A message has at most one
/// activity, whose number tells a late result from the awaited one, so each part of a message is applied once. A part
/// that failed stays in the state until it is done.
/// </summary>
public sealed partial class ItemGrain
{
    // The name of the part that is the message as a whole.
    private const string Whole = "";

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        if (!ProcessName.TryParse(name, out var about))
            return ValueTask.CompletedTask;
        var held = State.Find(about.Sequence);
        if (held is not null && IsLate(attempt, held))
            return ValueTask.CompletedTask;

        // Whatever follows goes by the name of today: the activity of the earlier name is over.
        var isParked = held is null && (about.IsOfParked || ProcessPayload.Read(result.Payload).IsParked);
        var ended = new EndedActivity(about with { IsOfParked = false }, attempt, held, isParked);
        if (result is { Error: null, Output: ProcessingResult made })
            OnResult(ended, made);
        else
            OnError(
                ended,
                result.Error
                ?? $"output_unknown: The activity returned {result.Output?.GetType().Name ?? "nothing"}.");
        return ValueTask.CompletedTask;
    }

    // Every activity that the item starts for a message it holds has a number above that of the one before.
    private static bool IsLate(int attempt, UnfinishedMessage held) =>
        held.Attempt != attempt || !held.Parts.Any(static part => part.IsStarted);

    private void OnResult(EndedActivity ended, ProcessingResult made)
    {
        var isOutdated = made.SetNumber < options.PluginSetNumber() || made.Definitions < Definitions;
        if (made.Failure is null && isOutdated)
            StartAgain(ended, PartEvent.Outdated, local: made.Local);
        else if (ended.Held is null && made.Message is null)
            StartAgain(ended, PartEvent.Unreadable);
        else
            Apply(ended, made);
    }

    // The activity threw, or the database refused what its result asked for. Nothing of that result is used again,
    // because its fault would come back.
    private void OnError(EndedActivity ended, string error)
    {
        var failure = ProcessingFailure.OfActivity(error);
        if (ended.Held is null)
            StartAgain(ended, PartEvent.NoResult, failure.Error);
        else
            Apply(ended, new ProcessingResult { Failure = failure });
    }

    private void StartAgain(EndedActivity ended, PartEvent on, string? error = null, object? local = null)
    {
        var left = new PartsLeft(options, Now);
        foreach (var part in ended.Parts)
            left.Move(on, part);
        if (!left.Asks(PartEffects.StartAgain | PartEffects.StartLater | PartEffects.LookUp))
            return;

        var attempt = ended.Attempt + 1;
        var payload = ended.IsParked ? new ProcessPayload { IsParked = true } : ProcessPayload.Whole;
        if (ended.Held is { } held)
        {
            payload = PayloadOf(held);
            Keep(ended.Name.Sequence, held with { Attempt = attempt, Parts = left.Parts });
        }

        if (left.Asks(PartEffects.LookUp))
            payload = payload with { Error = error };
        var due = left.Asks(PartEffects.StartLater) ? Now + UnreadableDelay(ended.Attempt) : Now;
        Start(ended.Name, payload, attempt, due, local);
    }

    private void Apply(EndedActivity ended, ProcessingResult made)
    {
        var message = ended.Held ?? UnfinishedMessage.Of(made.Message!) with
        {
            IsUnmapped = ended.IsParked,
            Parts = ended.Parts,
        };
        var reference = message.Reference(ended.Name.Sequence);
        if (made.Late is { } late && message.IsUnmapped)
            Contribute(reference, late);

        var left = new PartsLeft(options, Now);
        foreach (var part in message.Parts)
        {
            // The activity was not asked for this part.
            if (!part.IsStarted)
                left.Keep(part);
            else if (made.Failure is { } failure)
                left.Fail(part, failure);
            else if (made.IsAccepted)
                left.Move(PartEvent.TakenIn, part);
            else if (part.Plugin == Whole)
                ApplyRuns(reference, made.Runs, part, left);
            else if (made.Runs.FirstOrDefault(run => run.Plugin == part.Plugin) is { } run)
                ApplyRun(reference, run, part, part, left);
            else
                left.Move(PartEvent.NotAccepted, part);
        }

        var applied = message with
        {
            Attempt = ended.Attempt,
            IsUnmapped = message.IsUnmapped && made.Late is null,
        };
        Perform(ended.Name, ended.Before, applied, left);
    }

    // The message as a whole gives way to the parts of its plugins.
    private void ApplyRuns(
        MessageReference message, IReadOnlyList<PluginOutcome> runs, UnfinishedPart whole, PartsLeft left)
    {
        foreach (var run in runs)
            ApplyRun(message, run, whole, new UnfinishedPart { Plugin = run.Plugin }, left);
        if (runs.Count == 0)
            left.Move(
                PartEvent.NoneAccepts, whole, new UnfinishedPart { Step = ProcessingStep.Execute, Attempts = 1 });
    }

    /// <param name="part">The part that ran.</param>
    /// <param name="own">The plugin's own part, which a failure leaves.</param>
    private void ApplyRun(
        MessageReference message, PluginOutcome run, UnfinishedPart part, UnfinishedPart own, PartsLeft left)
    {
        if (run.Run.Error is { } error)
        {
            var fault = run.Run.MayHelpToRetry ? ConnectorFault.Unavailable : ConnectorFault.Refused;
            left.Fail(part, ProcessingFailure.Of(ProcessingStep.Execute, fault, error), own);
            return;
        }

        if (left.Move(PartEvent.Ran, part)?.Effects.HasFlag(PartEffects.Add) is not true)
            return;
        if (run.Fed.Count == 0)
            Add(message, run.Generation, run.Run.Result.Records, run.Run.Contributions);
        foreach (var (plugin, aggregates) in run.Fed)
            Add(
                message,
                plugin,
                run.Run.Result.Records,
                [.. run.Run.Contributions.Where(contribution => aggregates.Contains(contribution.Generation))]);
    }

    private void Add(
        MessageReference message, int generation, IReadOnlyList<Plugins.PluginRecord> records,
        IReadOnlyList<Contribution> contributions)
    {
        foreach (var record in records)
            SetRecord(message, new RecordEffect(generation, record.Key, record.Json));
        if (contributions.Count == 0)
            return;
        foreach (var contribution in contributions)
            Send(GetGrain<IAggregateGrain>(contribution.Aggregate.Key).Apply(contribution.Delta));
        var aggregates = contributions.Select(contribution => contribution.Aggregate.Key).Distinct();
        AddOutcomes(message, [new Outcome(generation, [.. aggregates])]);
    }

    private void Contribute(MessageReference message, IReadOnlyList<Contribution> contributions)
    {
        foreach (var contribution in contributions)
            Send(GetGrain<IAggregateGrain>(contribution.Aggregate.Key).Apply(contribution.Delta));
        if (contributions.Count > 0)
            AddOutcomes(
                message,
                [
                    .. contributions.Select(contribution => new Outcome(
                        contribution.Generation, [contribution.Aggregate.Key])),
                ]);
    }

    // Gives the turn the effects that the parts' transitions asked for.
    private void Perform(ProcessName name, MessageStatus before, UnfinishedMessage message, PartsLeft left)
    {
        if (left.Asks(PartEffects.Report))
            SetParts(message.Reference(name.Sequence), before, left.ToParts());
        var nextMs = left.Settle();
        if (nextMs is { } dueMs && left.Asks(PartEffects.Start | PartEffects.Stop))
        {
            var started = message with { Attempt = message.Attempt + 1, Parts = left.Parts };
            Keep(name.Sequence, started);
            Start(name, PayloadOf(started), started.Attempt, DateTimeOffset.FromUnixTimeMilliseconds(dueMs));
            return;
        }

        var attempt = message.Attempt;
        if (left.Asks(PartEffects.Stop))
        {
            // A result that is on its way becomes late by the number.
            ClearReminder(name.ToString());
            attempt++;
        }

        Keep(name.Sequence, left.Parts.Count == 0 ? null : message with { Attempt = attempt, Parts = left.Parts });
    }

    private void Keep(long sequence, UnfinishedMessage? message)
    {
        if (message is not null || State.Find(sequence) is not null)
            State = State.With(sequence, message, options.MaxSkippedCount);
    }

    private static ProcessPayload PayloadOf(UnfinishedMessage message)
    {
        var plugins = message.Parts.Where(part => part.IsStarted).Select(part => part.Plugin).ToList();
        return plugins is [Whole] ? ProcessPayload.Whole : new ProcessPayload { Plugins = plugins };
    }

    private void Start(
        ProcessName name, ProcessPayload payload, int attempt, DateTimeOffset due, object? local = null) =>
        StartActivity(name.ToString(), ProcessPayload.Activity, payload.Write(), attempt, due, local);

    private TimeSpan UnreadableDelay(int attempt) =>
        new Backoff(options.UnreadableDelay, options.MaxUnreadableDelay).After(attempt);

    /// <summary>An activity that came back.</summary>
    /// <param name="Held">What the item holds of the message; null until the first result that can be applied.</param>
    /// <param name="IsParked">True for the first activity of a message that was parked when it was accepted.</param>
    private readonly record struct EndedActivity(
        ProcessName Name, int Attempt, UnfinishedMessage? Held, bool IsParked)
    {
        public MessageStatus Before =>
            Held?.Status ?? (IsParked ? MessageStatus.Parked : MessageStatus.Processing);

        public IReadOnlyList<UnfinishedPart> Parts =>
            Held?.Parts ?? [new UnfinishedPart { Status = Before, IsStarted = true }];
    }
}
