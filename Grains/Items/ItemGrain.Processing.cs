using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// What becomes of messages after they were stored. A message has at most one activity; its number tells a late result
/// from the one that is waited for, so each part of a message is applied once. What failed stays in the state until it
/// is done.
/// </summary>
public sealed partial class ItemGrain
{
    // The name of what failed when no plugin did.
    private const string Whole = "";

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        if (!ProcessName.TryParse(name, out var about))
            return ValueTask.CompletedTask;
        var held = State.Find(about.Sequence);
        if (held is not null && (held.Attempt != attempt || about.Before == MessageStatus.Parked))
            return ValueTask.CompletedTask;

        if (result.Error is { } error)
            OnError(about, held, attempt, error);
        else if (result.Output is not ProcessingResult made)
            OnError(
                about,
                held,
                attempt,
                $"output_unknown: The activity returned {result.Output?.GetType().Name ?? "nothing"}.");
        else if (made.Failure is null && made.SetNumber < options.PluginSetNumber())
            Repeat(about, held, attempt, made.Local);
        else if (held is null && made.Message is null)
            Start(about, ProcessOrder.Whole, attempt + 1, Now + UnreadableDelay(attempt));
        else
            Apply(about, held, attempt, made);
        return ValueTask.CompletedTask;
    }

    // The plugins' set changed while they ran: what they made belongs to generations that may have ended, and none of
    // it is kept.
    private void Repeat(ProcessName about, UnfinishedMessage? held, int attempt, object? local)
    {
        if (held is not null)
            Keep(about.Sequence, held with { Attempt = attempt + 1 });
        Start(about, held is null ? ProcessOrder.Whole : OrderOf(held), attempt + 1, Now, local);
    }

    // The activity threw, or the database refused what its result asked for. Nothing of that result is looked at again:
    // whatever was wrong with it must not come back. A message that the item holds nothing of is looked up first,
    // because its place in the order is not known here.
    private void OnError(ProcessName about, UnfinishedMessage? held, int attempt, string error)
    {
        var failure = ProcessingFailure.OfActivity(error);
        if (held is null)
            Start(about, new ProcessOrder { Error = failure.Error }, attempt + 1, Now);
        else
            Apply(about, held, attempt, new ProcessingResult { Failure = failure });
    }

    private void Apply(ProcessName about, UnfinishedMessage? held, int attempt, ProcessingResult made)
    {
        var before = held?.Status ?? about.Before;
        var message = held ?? UnfinishedMessage.Of(made.Message!) with
        {
            IsUnmapped = about.Before == MessageStatus.Parked,
            Parts = [new UnfinishedPart { Status = before, IsStarted = true }],
        };
        var reference = message.Reference(about.Sequence);
        if (made.Late is { } late && message.IsUnmapped)
            Contribute(reference, late);

        // One that was parked as it was accepted was raised then.
        var left = new PartsLeft(options, Now, isRaised: held is not null || before != MessageStatus.Parked);
        foreach (var part in message.Parts)
        {
            if (!part.IsStarted)
                left.Keep(part);
            else if (made.Failure is { } failure)
                left.Fail(part, failure);
            else if (made.IsAccepted)
                continue;
            else if (part.Plugin == Whole)
                ApplyRuns(reference, made.Runs, left);
            else
                ApplyRun(reference, made.Runs.FirstOrDefault(run => run.Plugin == part.Plugin), part, left);
        }

        SetParts(reference, before, left.ToParts());
        Hold(
            about,
            left.Parts.Count == 0
                ? null
                : message with
                {
                    Attempt = attempt,
                    IsUnmapped = message.IsUnmapped && made.Late is null,
                    Parts = left.Parts,
                });
    }

    private void ApplyRuns(MessageReference message, IReadOnlyList<PluginOutcome> runs, PartsLeft left)
    {
        foreach (var run in runs)
            ApplyRun(message, run, new UnfinishedPart { Plugin = run.Plugin }, left);
        if (runs.Count == 0)
            left.Keep(
                new UnfinishedPart
                {
                    Status = MessageStatus.Skipped,
                    Step = ProcessingStep.Execute,
                    Attempts = 1,
                });
    }

    // No run: the plugin does not accept the message any more, so nothing of its part is left.
    private void ApplyRun(MessageReference message, PluginOutcome? run, UnfinishedPart part, PartsLeft left)
    {
        if (run is null)
            return;
        if (run.Run.Error is { } error)
        {
            var fault = run.Run.MayHelpToRetry ? ConnectorFault.Unavailable : ConnectorFault.Refused;
            left.Fail(part, ProcessingFailure.Of(ProcessingStep.Execute, fault, error));
            return;
        }

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
        AddOutcomes(message, [new Outcome(generation, [.. contributions.Select(contribution => contribution.Aggregate.Key).Distinct()])]);
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

    // Keeps what is left, and starts the activity of what is to be tried again.
    private void Hold(ProcessName about, UnfinishedMessage? message)
    {
        var next = message?.Parts.Min(part => part.NextMs);
        if (message is null || next is null)
        {
            Keep(about.Sequence, message);
            return;
        }

        // Parts that are due together go together: the content is fetched once.
        var started = message with
        {
            Attempt = message.Attempt + 1,
            Parts =
            [
                .. message.Parts.Select(part =>
                    part with
                    {
                        IsStarted = part.NextMs <= Math.Max(next.Value, Now.ToUnixTimeMilliseconds()),
                    }),
            ],
        };
        Keep(about.Sequence, started);
        Start(
            about with
            {
                Before = MessageStatus.Processing,
            },
            OrderOf(started),
            started.Attempt,
            DateTimeOffset.FromUnixTimeMilliseconds(next.Value));
    }

    private void Keep(long sequence, UnfinishedMessage? message)
    {
        if (message is not null || State.Find(sequence) is not null)
            State = State.With(sequence, message, options.MaxSkippedCount);
    }

    private static ProcessOrder OrderOf(UnfinishedMessage message)
    {
        var plugins = message.Parts.Where(part => part.IsStarted).Select(part => part.Plugin).ToList();
        return plugins is [Whole] ? ProcessOrder.Whole : new ProcessOrder { Plugins = plugins };
    }

    private void Start(ProcessName name, ProcessOrder order, int attempt, DateTimeOffset due, object? local = null) =>
        StartActivity(name.ToString(), ProcessOrder.Activity, order.Write(), attempt, due, local);

    private TimeSpan UnreadableDelay(int attempt) =>
        new Backoff(options.UnreadableDelay, options.MaxUnreadableDelay).After(attempt);
}
