using System.Reflection;
using Tributary.Api.Aggregates;
using Tributary.Api.GraphQL.Aggregates;
using Tributary.Api.GraphQL.Cluster;
using Tributary.Api.GraphQL.FailedCalls;
using Tributary.Api.GraphQL.HeldWork;
using Tributary.Api.GraphQL.Items;
using Tributary.Api.GraphQL.Live;
using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Operations;
using Tributary.Api.GraphQL.Processing;
using Tributary.Api.GraphQL.Reprocessing;
using Tributary.GraphQL;
using Tributary.GraphQL.Binding;

namespace Tributary.Api.GraphQL;

/// <summary>
/// Binds a node to <c>schema.graphql</c>. A field without a resolver, or with one of another type, stops the start.
/// </summary>
internal static class TributarySchema
{
    private const string ResourceName = "schema.graphql";

    /// <summary>The contract: the text of the committed file.</summary>
    public static string Sdl { get; } = ReadSdl();

    public static GraphQLEngine NewEngine(ApiNode node, TimeProvider time, GraphQLOptions options)
    {
        var bindings = new SchemaBindings()
            .Scalar("DateTime", new DateTimeCodec())
            .Scalar("Long", new LongCodec())
            .Scalar("JSON", new JsonCodec());
        var pages = new MessagePages(node);
        var definitions = new CountedDefinitions(node);
        var lookup = new MessageLookup(node);
        var parts = new MessageParts(node);
        var items = new ItemFields(node, pages, lookup, parts);
        var messages = new MessageFields(node, pages, lookup, parts, items);
        var aggregates = new AggregateFields(
            node, definitions, new AggregateMessages(node, pages), new CountedBefore(node, time));
        new FailureFields(node, lookup).Bind(bindings);
        new RecordFields(node, lookup).Bind(bindings);
        new FailureFeed(node, time).Bind(bindings);
        new PluginFields(node).Bind(bindings);
        items.Bind(bindings);
        messages.Bind(bindings);
        aggregates.Bind(bindings);
        new NodeField(messages, items, aggregates).Bind(bindings);
        new GenerationFields(node).Bind(bindings);
        new OperationFields(node).Bind(bindings);
        new ClusterFields(node).Bind(bindings);
        new FailedCallFields(node).Bind(bindings);
        new HeldWorkFields(node).Bind(bindings);
        new Publish(node, items).Bind(bindings);
        new MessageFeed(node).Bind(bindings);
        new StateFeeds(node, definitions, items, aggregates, time).Bind(bindings);
        return new GraphQLEngine(Sdl, bindings, options);
    }

    private static string ReadSdl()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourceName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
