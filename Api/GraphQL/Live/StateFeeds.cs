using System.Runtime.CompilerServices;
using Tributary.Aggregates;
using Tributary.Api.GraphQL.Aggregates;
using Tributary.Api.GraphQL.Items;
using Tributary.Feed.Changes;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.Pipeline.Intake;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// <c>itemChanged</c> and <c>aggregateChanged</c>: the state now, then again after each change. Messages and rounds of
/// any silo only signal a change. The state comes from its grain, which is never older than the signal. Where signals
/// may be missing the state is read again, so that the last one sent is the newest. A process that is told of no rounds
/// gets signals of messages only, and polls for other changes.
/// </summary>
internal sealed class StateFeeds(
    ApiNode node, CountedDefinitions definitions, ItemFields items, AggregateFields aggregates, TimeProvider time)
{
    /// <summary>The interval at which a process without signals of rounds polls.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most aggregates of a group with a remembered count, which a doubt reads again; beyond that, the one that
    /// changed first is forgotten.
    /// </summary>
    private const int MaxKnownCount = 1_000;

    /// <summary>The longest wait until other silos know what is watched; changes that they miss are doubts.</summary>
    private static readonly TimeSpan MaxKnownWait = TimeSpan.FromSeconds(1);

    /// <summary>The delay after a read that a silo or the database could not answer.</summary>
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    private const string MessageCame = "message";
    private const string ResultCame = "result";

    private static readonly TakenChanges None = new([], IsDoubtful: false);

    private readonly ItemMarks marks = new(node);

    private TimeSpan? Poll => node.Changes is null ? PollInterval : null;

    public void Bind(SchemaBindings bindings) =>
        bindings.Object("Subscription").Feed("itemChanged", Item).Feed("aggregateChanged", Aggregate);

    private IAsyncEnumerable<ItemNode> Item(ResolveContext context) =>
        RunItemAsync(context.Arguments.Get<string>("id")!, (RequestLimits)context.State!, context.CancellationToken);

    private async IAsyncEnumerable<ItemNode> RunItemAsync(
        string id, RequestLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var changes = await NewChangesAsync(
            message => message.Item == id ? MessageCame : null,
            WatchedKey.OfItem(id), static _ => ResultCame, cancellation);
        var seen = 0L;
        string? mark = null;
        for (var taken = None; ; taken = await changes.TakeAsync(Poll, time, cancellation))
        {
            if (await ReadAsync(() => items.ReadAsync(id), cancellation) is not { } item)
                continue;
            var isNew = item.MessageCount > seen || taken.Keys.Contains(ResultCame) || taken.IsDoubtful;
            if (Poll is not null)
            {
                var present = await marks.OfAsync(item, cancellation);
                isNew |= present != mark;
                mark = present;
            }

            if (!isNew)
                continue;
            seen = item.MessageCount;
            limits.Renew();
            yield return item;
        }
    }

    private IAsyncEnumerable<AggregateNode> Aggregate(ResolveContext context)
    {
        var counted = definitions.Named(context.Arguments.Get<string>("name")!);
        var group = counted.GroupOf(AggregateFields.Values(context.Arguments)!);
        return RunAggregateAsync(counted, group, (RequestLimits)context.State!, context.CancellationToken);
    }

    private async IAsyncEnumerable<AggregateNode> RunAggregateAsync(
        CountedDefinition counted,
        string group,
        RequestLimits limits,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var changes = await NewChangesAsync(
            message => counted.KeyOf(message) is { } key && key.Group == group ? key.ToString() : null,
            WatchedKey.OfGroup(counted.Active.Generation, group), static key => key, cancellation);
        // Several signals may belong to one state; it is sent once.
        var known = new OrderedDictionary<string, long>();
        IReadOnlyCollection<string> changed = [Present(counted, group)];
        while (true)
        {
            foreach (var key in changed)
            {
                var aggregate = await ReadAsync(() => aggregates.FindAsync(key), cancellation);
                var before = known.GetValueOrDefault(key);
                Remember(known, key, Math.Max(before, aggregate?.Count ?? 0));
                if (aggregate is null || aggregate.Count <= before)
                    continue;
                limits.Renew();
                yield return aggregate;
            }

            var taken = await changes.TakeAsync(Poll, time, cancellation);
            changed = taken.IsDoubtful ? [.. taken.Keys.Concat(known.Keys).Concat(Recent(counted, group)).Distinct()]
                : Poll is not null ? [.. taken.Keys.Append(Present(counted, group)).Distinct()]
                : taken.Keys;
        }
    }

    // Also what was signalled and has not changed yet is remembered: its change may be the one that was missed.
    private static void Remember(OrderedDictionary<string, long> known, string key, long count)
    {
        known.Remove(key);
        if (known.Count >= MaxKnownCount)
            known.RemoveAt(0);
        known.Add(key, count);
    }

    // Results of plugins often come when the window of their message is over.
    private IEnumerable<string> Recent(CountedDefinition counted, string group)
    {
        yield return Present(counted, group);
        if (counted.Definition.Window is { } window)
            yield return KeyAt(counted, group, time.GetUtcNow().AddMilliseconds(-window.SizeMs));
    }

    /// <summary>The key of the group's aggregate in the present window.</summary>
    private string Present(CountedDefinition counted, string group) => KeyAt(counted, group, time.GetUtcNow());

    private static string KeyAt(CountedDefinition counted, string group, DateTimeOffset at) => new AggregateKey(
        counted.Active.Generation, counted.Definition.Window is null ? 0 : counted.WindowStartMs(at), group).ToString();

    // The feed and the watch begin before the first state is read, here and at the other silos, so no change in between
    // is lost.
    private async ValueTask<ChangedKeys> NewChangesAsync(
        Func<StoredMessage, string?> keyOf, WatchedKey watched, Func<string, string> signalOf,
        CancellationToken cancellation)
    {
        var subscription = node.Tail.Subscribe(await node.Tail.ReadEndAsync(cancellation));
        var told = node.Changes;
        var changes = new ChangedKeys(
            subscription, keyOf,
            told is null ? null : (tell, doubt) => told.Watch(watched, key => tell(signalOf(key)), doubt),
            cancellation);
        if (told is null)
            return changes;
        try
        {
            await told.WhenKnown().WaitAsync(MaxKnownWait, time, cancellation);
        }
        catch (TimeoutException)
        {
            // A silo does not answer: a doubt follows when it does, or when it is gone.
        }
        catch
        {
            await changes.DisposeAsync();
            throw;
        }

        changes.Forget();
        return changes;
    }

    // A silo that is lost has a successor soon: the subscription waits for it.
    private async ValueTask<T?> ReadAsync<T>(Func<ValueTask<T?>> read, CancellationToken cancellation) where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (Exception error) when (IsPassing(error) && !node.Tail.Stopping.IsCancellationRequested)
            {
                await Task.Delay(Retries.After(attempt), time, cancellation);
            }
        }
    }

    private static bool IsPassing(Exception error) =>
        error is TributaryException { Code: "partition_elsewhere" or "silo_lost" } or TimeoutException
        || (DoorRefusals.KindOf(error) == RefusalKind.CurableForAll && error is not OperationCanceledException);
}
