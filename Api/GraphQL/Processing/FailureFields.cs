using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.Processing;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Messages;
using Tributary.Pipeline.Processing;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>Reads failures of messages, and retries or parks many of them.</summary>
internal sealed class FailureFields(ApiNode node, MessageLookup lookup)
{
    private const string CursorKind = "failures";

    public void Bind(SchemaBindings bindings)
    {
        bindings
            .Object("Query")
            .Ask("failures", (_, context) => ListAsync(context.Arguments, context.CancellationToken));
        bindings
            .Object("Mutation")
            .Ask("retry", (_, context) => ChangeAsync(context, node.Failed.RetryAsync))
            .Ask("park", (_, context) => ChangeAsync(context, node.Failed.ParkAsync));
        bindings
            .Object<FailureNode>("Failure")
            .Batch<MessageId, MessageNode>("message", failure => failure.Message, lookup.FindAsync);
        bindings.Object<Connection<FailureNode>>("FailureConnection");
        bindings.Object<Edge<FailureNode>>("FailureEdge");
        bindings.Object<FailureChange>("FailureChangePayload");
        bindings.Object<FailureChangeError>("FailureChangeError");
        bindings.Enum<ProcessingStep>("ProcessingStep");
    }

    private async ValueTask<Connection<FailureNode>> ListAsync(InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        var after = MarkOf(page.After);
        var found = await node.Failures.ReadPartsAsync(
            FailureFilterReader.Read(arguments.Get<InputObject>("filter")), after, page.Count + 1, cancellation);
        var shown = found.Parts.Take(page.Count).ToList();
        var isCut = found.Parts.Count > page.Count;
        // A search that stopped at its limit goes on behind the last row that it read.
        var end =
            !isCut && !found.IsComplete && found.ScannedTo is { } mark ? CursorOf(mark)
            : shown.Count > 0 ? CursorOf(shown[^1].Mark)
            : page.After;
        return new Connection<FailureNode>(
            [.. shown.Select(FailureNode.Of)],
            at => CursorOf(shown[at].Mark),
            new PageInfo(
                isCut || !found.IsComplete, page.After is not null, shown.Count > 0 ? CursorOf(shown[0].Mark) : null,
                end));
    }

    private async ValueTask<FailureChange> ChangeAsync(
        ResolveContext context, Func<PartFilter, PartMark?, CancellationToken, ValueTask<BulkChange>> change)
    {
        var filter = FailureFilterReader.Read(context.Arguments.Get<InputObject>("filter"));
        try
        {
            var done = await change(filter, MarkOf(context.Arguments.Get<string>("after")), context.CancellationToken);
            return new FailureChange(
                done.MatchedCount, done.ChangedCount, done.Next is { } next ? CursorOf(next) : null, null);
        }
        catch (TributaryException error) when (Resolving.IsMistake(error))
        {
            return new FailureChange(0, 0, null, new FailureChangeError(error.Code, error.Message));
        }
    }

    private static string CursorOf(PartMark mark) => GlobalId.Of(CursorKind, PartMarkText.Of(mark));

    private static PartMark? MarkOf(string? cursor) =>
        cursor is null
            ? null
            : PartMarkText.Read(GlobalId.KeyOfCursor(CursorKind, cursor)) ?? throw GlobalId.CursorInvalid(cursor);
}

internal sealed record FailureChange(int MatchedCount, int ChangedCount, string? EndCursor, FailureChangeError? Error);

internal sealed record FailureChangeError(string Code, string Message);
