using System.Runtime.CompilerServices;
using Tributary.Aggregates;
using Tributary.Api.GraphQL.Aggregates;
using Tributary.Api.GraphQL.Items;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.Pipeline.Reading;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// <c>itemChanged</c> and <c>aggregateChanged</c>: the state now, then again after each change. Messages and rounds
/// only signal a change. The state comes from its grain, which is never older than the signal. A process without silo
/// gets signals of messages only, and polls for other changes.
/// </summary>
internal sealed class StateFeeds(
    ApiNode node, CountedDefinitions definitions, ItemFields items, AggregateFields aggregates, TimeProvider time)
{
    /// <summary>The interval at which a process without signals of rounds polls.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most aggregates of a group with a remembered count; beyond that, a state may be sent twice.
    /// </summary>
    private const int MaxKnownCount = 1_000;

    private const string MessageCame = "message";
    private const string ResultCame = "result";

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
            (watch, tell) => watch.WatchItem(id, _ => tell(ResultCame)),
            cancellation);
        var seen = 0L;
        string? mark = null;
        for (IReadOnlyCollection<string> changed = []; ; changed = await changes.TakeAsync(Poll, time, cancellation))
        {
            if (await items.ReadAsync(id) is not { } item)
                continue;
            var isNew = item.MessageCount > seen || changed.Contains(ResultCame);
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
            (watch, tell) => watch.WatchGroup(counted.Active.Generation, group, tell),
            cancellation);
        // Several signals may belong to one state; it is sent once.
        var known = new Dictionary<string, long>();
        IReadOnlyCollection<string> changed = [Present(counted, group)];
        while (true)
        {
            foreach (var key in changed)
            {
                if (await aggregates.FindAsync(key) is not { } aggregate
                    || aggregate.Count <= known.GetValueOrDefault(key))
                    continue;
                if (known.Count >= MaxKnownCount)
                    known.Clear();
                known[key] = aggregate.Count;
                limits.Renew();
                yield return aggregate;
            }

            changed = await changes.TakeAsync(Poll, time, cancellation);
            if (Poll is not null)
                changed = [.. changed.Append(Present(counted, group)).Distinct()];
        }
    }

    /// <summary>The key of the group's aggregate in the present window.</summary>
    private string Present(CountedDefinition counted, string group) =>
        new AggregateKey(
            counted.Active.Generation,
            counted.Definition.Window is null ? 0 : counted.WindowStartMs(time.GetUtcNow()),
            group).ToString();

    // The feed and the watch begin before the first state is read, so no change in between is lost.
    private async ValueTask<ChangedKeys> NewChangesAsync(
        Func<StoredMessage, string?> keyOf,
        Func<ChangeWatch, Action<string>, IDisposable> watch,
        CancellationToken cancellation)
    {
        var subscription = node.Tail.Subscribe(await node.Tail.ReadEndAsync(cancellation));
        return new ChangedKeys(
            subscription, keyOf, node.Changes is { } told ? tell => watch(told, tell) : null, cancellation);
    }
}
