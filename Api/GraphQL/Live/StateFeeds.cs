using System.Runtime.CompilerServices;
using Tributary.Api.GraphQL.Aggregates;
using Tributary.Api.GraphQL.Items;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// <c>itemChanged</c> and <c>aggregateChanged</c>: the state as it is, then again after changes. The feed only wakes; the state is read from its
/// grain, which is never older than the message that woke.
/// </summary>
internal sealed class StateFeeds(ApiNode node, CountedDefinitions definitions, ItemFields items, AggregateFields aggregates, TimeProvider time)
{
    public void Bind(SchemaBindings bindings) => bindings.Object("Subscription").Feed("itemChanged", Item).Feed("aggregateChanged", Aggregate);

    private IAsyncEnumerable<ItemNode> Item(ResolveContext context) =>
        RunItemAsync(context.Arguments.Get<string>("id")!, (RequestLimits)context.State!, context.CancellationToken);

    private async IAsyncEnumerable<ItemNode> RunItemAsync(string id, RequestLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The feed begins before the first state is read: what changes in between wakes.
        await using var changes = new Changes(node.Tail.Subscribe(await node.Tail.ReadEndAsync(cancellation)), message => message.Item == id ? id : null, cancellation);
        var seen = 0L;
        while (true)
        {
            if (await items.ReadAsync(id) is { } item && item.MessageCount > seen)
            {
                seen = item.MessageCount;
                limits.Renew();
                yield return item;
            }

            await changes.TakeAsync(cancellation);
        }
    }

    private IAsyncEnumerable<AggregateNode> Aggregate(ResolveContext context)
    {
        var counted = definitions.Named(context.Arguments.Get<string>("name")!);
        var group = counted.GroupOf(AggregateFields.Values(context.Arguments)!);
        return RunAggregateAsync(counted, group, (RequestLimits)context.State!, context.CancellationToken);
    }

    private async IAsyncEnumerable<AggregateNode> RunAggregateAsync(
        CountedDefinition counted, string group, RequestLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var changes = new Changes(
            node.Tail.Subscribe(await node.Tail.ReadEndAsync(cancellation)),
            message => counted.KeyOf(message) is { } key && key.Group == group ? key.ToString() : null,
            cancellation);
        var present = new AggregateKey(counted.Active.Generation, counted.Definition.Window is null ? 0 : counted.WindowStartMs(time.GetUtcNow()), group);
        IReadOnlyCollection<string> changed = [present.ToString()];
        var first = 0L;
        while (true)
        {
            foreach (var key in changed)
            {
                // What the first state held already may wake once more.
                if (await aggregates.FindAsync(key) is not { } aggregate || (aggregate.Key == present && aggregate.Count <= first))
                    continue;
                if (aggregate.Key == present)
                    first = aggregate.Count;
                limits.Renew();
                yield return aggregate;
            }

            changed = await changes.TakeAsync(cancellation);
        }
    }
}
