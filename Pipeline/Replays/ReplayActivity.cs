using Tributary.Grains.Replays;
using Tributary.Replays;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <param name="Find">Reads a stored message: <see cref="IMessageReads.FindStoredAsync"/>.</param>
/// <param name="TargetOf">Finds the generation of this id; null when this process does not feed it.</param>
public sealed record ReplayServices(
    IMessageReads Messages,
    Func<MessageId, CancellationToken, ValueTask<StoredMessage?>> Find,
    Func<int, IReplayTarget?> TargetOf)
{
    /// <inheritdoc cref="Processing.ProcessingServices.CatchUp"/>
    public Func<ValueTask> CatchUp { get; init; } = static () => ValueTask.CompletedTask;
}

/// <summary>
/// One slice of stored messages, in the order of their positions. Reads and computes; its result is applied by
/// <see cref="ReplayGrain"/>.
/// </summary>
public sealed class ReplayActivity(ReplayServices services, ReplayOptions options) : IActivity
{
    public const string Name = ReplayPayload.Activity;

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        await services.CatchUp();
        var payload = ReplayPayload.Read(start.Payload);
        if (services.TargetOf(payload.Generation) is not { } target)
        {
            return new ReplaySlice
            {
                Payload = payload, Error =
                    $"generation_not_fed: No message is counted in generation {payload.Generation} as the servers are "
                    + "configured now; allowed: one that is.",
            };
        }

        return payload.Messages is null
            ? await GoOnAsync(payload, target, cancellation)
            : await TryAgainAsync(payload, target, cancellation);
    }

    private async ValueTask<ReplaySlice> GoOnAsync(
        ReplayPayload payload, IReplayTarget target, CancellationToken cancellation)
    {
        var read = await services.Messages.ReadAfterAsync(
            new Position(payload.Cursor), target.MaxSliceCount, options.MaxSliceBytes, cancellation);
        // From that position on every message is counted by its own turn.
        var below = read.Messages.TakeWhile(message => message.Position < target.FedFrom).ToList();
        var isCut = below.Count < read.Messages.Count;
        var isBelow = isCut || (read.Complete && read.Horizon >= target.FedFrom);
        return new ReplaySlice
        {
            Payload = payload,
            Cursor = below.Count > 0 ? below[^1].Position.Value : payload.Cursor,
            IsEnd = isBelow,
            FedFrom = target.FedFrom.Value,
            IsWaiting = read.Complete && !isBelow,
            SeenCount = below.Count,
            TotalCount = await services.Messages.CountBelowAsync(
                target.FedFrom < read.Horizon ? target.FedFrom : read.Horizon, cancellation),
            Replayed = await target.RunAsync(
                [.. below.Where(message => payload.Includes(message.ReceivedAt))], cancellation),
        };
    }

    private async ValueTask<ReplaySlice> TryAgainAsync(
        ReplayPayload payload, IReplayTarget target, CancellationToken cancellation)
    {
        var messages = new List<StoredMessage>();
        var missing = new List<FailedReplay>();
        foreach (var id in payload.Messages!)
        {
            if (await services.Find(new MessageId(id), cancellation) is { } found)
                messages.Add(found);
            else
                missing.Add(new FailedReplay(id, "message_missing: The message is not stored any more."));
        }

        var replayed = await target.RunAsync(messages, cancellation);
        return new ReplaySlice
        {
            Payload = payload,
            Cursor = payload.Cursor,
            Replayed = replayed with { Failed = [.. replayed.Failed, .. missing] },
        };
    }
}
