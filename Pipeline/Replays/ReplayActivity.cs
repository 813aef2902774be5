using Tributary.Grains.Replays;
using Tributary.Replays;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <param name="Find">Reads a stored message: <see cref="IMessageReads.FindStoredAsync"/>.</param>
/// <param name="TargetOf">The generation of this id, or null when this process does not count in it.</param>
public sealed record ReplayServices(
    IMessageReads Messages,
    Func<MessageId, CancellationToken, ValueTask<StoredMessage?>> Find,
    Func<int, IReplayTarget?> TargetOf);

/// <summary>
/// One slice of stored messages, in the order of their positions. Reads and computes; its result is applied by
/// <see cref="ReplayGrain"/>.
/// </summary>
public sealed class ReplayActivity(ReplayServices services, ReplayOptions options) : IActivity
{
    public const string Name = ReplayOrder.Activity;

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        var order = ReplayOrder.Read(start.Payload);
        if (services.TargetOf(order.Generation) is not { } target)
        {
            return new ReplaySlice
            {
                Order = order, Error =
                    $"generation_not_fed: No message is counted in generation {order.Generation} as the server is "
                    + "configured now; allowed: one that is.",
            };
        }

        return order.Messages is null
            ? await GoOnAsync(order, target, cancellation)
            : await TryAgainAsync(order, target, cancellation);
    }

    private async ValueTask<ReplaySlice> GoOnAsync(
        ReplayOrder order, IReplayTarget target, CancellationToken cancellation)
    {
        var read = await services.Messages.ReadAfterAsync(
            new Position(order.Cursor), target.MaxSliceCount, options.MaxSliceBytes, cancellation);
        // From there on every message is counted by its own turn.
        var below = read.Messages.TakeWhile(message => message.Position < target.FedFrom).ToList();
        var isCut = below.Count < read.Messages.Count;
        var isBelow = isCut || (read.Complete && read.Horizon >= target.FedFrom);
        return new ReplaySlice
        {
            Order = order,
            Cursor = below.Count > 0 ? below[^1].Position.Value : order.Cursor,
            IsEnd = isBelow,
            IsWaiting = read.Complete && !isBelow,
            SeenCount = below.Count,
            TotalCount = await services.Messages.CountBelowAsync(
                target.FedFrom < read.Horizon ? target.FedFrom : read.Horizon, cancellation),
            Replayed = await target.RunAsync(
                [.. below.Where(message => order.Includes(message.ReceivedAt))], cancellation),
        };
    }

    private async ValueTask<ReplaySlice> TryAgainAsync(
        ReplayOrder order, IReplayTarget target, CancellationToken cancellation)
    {
        var messages = new List<StoredMessage>();
        var missing = new List<FailedReplay>();
        foreach (var id in order.Messages!)
        {
            if (await services.Find(new MessageId(id), cancellation) is { } found)
                messages.Add(found);
            else
                missing.Add(new FailedReplay(id, "message_missing: The message is not stored any more."));
        }

        var replayed = await target.RunAsync(messages, cancellation);
        return new ReplaySlice
        {
            Order = order,
            Cursor = order.Cursor,
            Replayed = replayed with { Failed = [.. replayed.Failed, .. missing] },
        };
    }
}
