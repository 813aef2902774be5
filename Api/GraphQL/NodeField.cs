using Tributary.Api.GraphQL.Aggregates;
using Tributary.Api.GraphQL.Items;
using Tributary.Api.GraphQL.Messages;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;

namespace Tributary.Api.GraphQL;

/// <summary>Finds a node by its global id.</summary>
internal sealed class NodeField(MessageFields messages, ItemFields items, AggregateFields aggregates)
{
    public void Bind(SchemaBindings bindings) =>
        bindings.Object("Query").Ask("node", (_, context) => FindAsync(context.Arguments.Get<string>("id")!, context));

    private async ValueTask<object?> FindAsync(string id, ResolveContext context) => GlobalId.Parse(id) switch
    {
        (GlobalId.Message, var key) when MessageId.TryParse(key, out _) => await messages.FindAsync(key, context),
        (GlobalId.Item, var key) when ItemFields.IsId(key) => await items.ReadAsync(key),
        (GlobalId.Aggregate, var key) => await aggregates.FindAsync(key),
        _ => throw Resolving.Invalid(
            $"The global id is '{ErrorText.Cut(id, 40)}'; allowed: the id of a Message, Item or "
            + "Aggregate."),
    };
}
