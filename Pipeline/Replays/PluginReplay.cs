using Tributary.Grains.Items;
using Tributary.Grains.Replays;
using Tributary.Messages;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Processing;
using Tributary.Replays;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Failures;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <summary>
/// Builds a plugin's generation by running the plugin on stored messages. A message with an open part of the plugin is
/// left to its own turn; a message's outcomes name the generations that its own turns have added to.
/// </summary>
/// <param name="fed">The plugin's generation with its aggregates' generations.</param>
/// <param name="isProcessed">True for sources whose messages go through plugins.</param>
public sealed class PluginReplay(
    string plugin,
    FedGeneration fed,
    Position fedFrom,
    ProcessingServices services,
    IFailureReads failures,
    IAggregateReads aggregates,
    Func<string, bool> isProcessed
) : IReplayTarget
{
    /// <summary>Messages that are fetched and run at once, beside new messages.</summary>
    private const int MaxRunningCount = 8;

    private readonly Places running = new(MaxRunningCount);

    public int Generation => fed.Plugin;

    public Position FedFrom => fedFrom;

    public int MaxSliceCount => 64;

    public async ValueTask<ReplayedMessages> RunAsync(
        IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
    {
        var processed = messages.Where(
            message => isProcessed(message.Source) && message.MediaType != RefusedEnvelope.ContentType);
        var finished = await FinishedAsync([.. processed], cancellation);
        var results = await Task.WhenAll(finished.Select(message => RunAsync(message, cancellation)));
        return ReplayedMessages.None with
        {
            CountedCount = results.Count(static result => result.Run is not null),
            Runs = [.. results.Select(static result => result.Run).OfType<ReplayedRun>()],
            Failed = [.. results.Select(static result => result.Failed).OfType<FailedReplay>()],
        };
    }

    // Open parts are read before outcomes: a message whose own turn comes in between is found as counted.
    private async ValueTask<IReadOnlyList<StoredMessage>> FinishedAsync(
        IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
    {
        if (messages.Count == 0)
            return [];
        List<Position> positions = [.. messages.Select(static message => message.Position)];
        var left = await failures.FindPartsAsync(positions, cancellation);
        var outcomes = await aggregates.ReadOutcomesAsync(positions, cancellation);
        return
        [
            .. messages.Where(message =>
                !(
                    left.TryGetValue(message.Position, out var parts)
                    && parts.Any(part => part.Part.Plugin.Length == 0 || part.Part.Plugin == plugin))
                && !(
                    outcomes.TryGetValue(message.Position, out var list)
                    && list.Any(outcome => outcome.Generation == fed.Plugin))),
        ];
    }

    private async Task<(ReplayedRun? Run, FailedReplay? Failed)> RunAsync(
        StoredMessage stored, CancellationToken cancellation)
    {
        var reference = new MessageReference(
            stored.Id, stored.Position, stored.Source, stored.ReceivedAt, stored.ItemSequence);
        await running.EnterAsync(cancellation);
        try
        {
            var made = await new MessageProcessing(
                services, stored, reference, new ProcessPayload { Plugins = [plugin] }, null).RunAsync(cancellation);
            var outcome = made.Runs.Count > 0 ? made.Runs[0] : null;
            if ((made.Failure?.Error ?? outcome?.Run.Error) is { } error)
                return (null, new FailedReplay(stored.Id.Value, error));

            // No outcome: the plugin does not accept the message.
            return outcome is null ? (null, null) : (RunOf(stored.Item, reference, outcome.Run), null);
        }
        finally
        {
            running.Leave();
        }
    }

    private ReplayedRun RunOf(string item, MessageReference message, PluginRun run) =>
        new(
            plugin,
            fed.Plugin,
            item,
            message,
            run.Result.Records,
            [.. run.Contributions.Where(contribution => fed.Aggregates.Contains(contribution.Generation))]);
}
