using System.Text;
using Tributary.Api.FailedCalls;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Storage.Failures;
using Tributary.Storage.Held;

namespace Tributary.Api.GraphQL.FailedCalls;

/// <summary>One-way calls whose turns threw, and the mutation that makes them again.</summary>
internal sealed class FailedCallFields(ApiNode node)
{
    private const string CursorType = "failedCalls";

    private readonly FailedCallRetries calls = new(node);

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("failedCalls", (_, context) => FailedCallsAsync(context.Arguments, context.CancellationToken));
        bindings.Object("Mutation").Ask("retryFailedCalls", (_, context) => RetryAsync(context));
        bindings.Object<FailedCallNode>("FailedCall");
        bindings.Object<Connection<FailedCallNode>>("FailedCallConnection");
        bindings.Object<Edge<FailedCallNode>>("FailedCallEdge");
        bindings.Object<FailedCallsPayload>("FailedCallsPayload");
        bindings.Object<FailedCallsError>("FailedCallsError");
    }

    private async ValueTask<Connection<FailedCallNode>> FailedCallsAsync(
        InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        var rows = await node.Failures.ReadFailuresAsync(IdOf(page.After), page.Count + 1, cancellation);
        return KeyedPage.Of(page, rows, FailedCallNode.Of, row => CursorOf(row.Id));
    }

    private async ValueTask<FailedCallsPayload> RetryAsync(ResolveContext context)
    {
        var ids = context.Arguments.TryGetValue("callIds", out var given) && given is not null
            ? context.Arguments.GetList<string>("callIds") : null;
        var after = context.Arguments.Get<string>("after");
        if (ids is not null && after is not null)
            throw Resolving.Invalid("Found both 'callIds' and 'after'; allowed: one of them.");
        if (ids is { Count: 0 or > FailedCallRetries.MaxCount })
        {
            throw Resolving.Invalid(
                $"The argument 'callIds' has {ids.Count} entries; allowed: 1 to {FailedCallRetries.MaxCount}.");
        }

        try
        {
            var change = ids is null
                ? await calls.RetryAllAsync(IdOf(after), context.CancellationToken)
                : await calls.RetryAsync([.. ids.Select(id => ParseId(id))]);
            var endCursor = change.Next is { } next ? CursorOf(next) : null;
            return new FailedCallsPayload(
                change.LookedAt, change.Made, change.Failed, change.Held, endCursor, null);
        }
        catch (TributaryException error) when (Resolving.IsMistake(error))
        {
            return new FailedCallsPayload(0, 0, 0, 0, null, new FailedCallsError(error.Code, error.Message));
        }
    }

    private static Guid ParseId(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw Resolving.Invalid(
            $"Found '{ErrorText.Cut(text, 40)}' in 'callIds'; allowed: the callId of a failed "
            + "call.");

    private static Guid? IdOf(string? cursor) => cursor is null ? null
        : Guid.TryParseExact(GlobalId.KeyOfCursor(CursorType, cursor), "N", out var id) ? id
        : throw GlobalId.CursorInvalid(cursor);

    private static string CursorOf(Guid id) => GlobalId.Of(CursorType, id.ToString("N"));
}

/// <summary>A failed call as the schema shows it.</summary>
internal sealed record FailedCallNode(
    string CallId, DateTimeOffset FailedAt, string TargetType, string TargetKey, string Method, string ArgumentsText,
    string Error, int Attempts)
{
    public static FailedCallNode Of(FailureRow row) => new(
        row.Id.ToString(), row.FailedAt, row.Target.Type, row.Target.Key, row.Method,
        Encoding.UTF8.GetString(row.Arguments.Span), row.Error, row.Attempts);
}

internal sealed record FailedCallsPayload(
    int LookedAtCount, int MadeCount, int FailedCount, int HeldCount, string? EndCursor, FailedCallsError? Error);

internal sealed record FailedCallsError(string Code, string Message);
