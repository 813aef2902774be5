using System.Text;
using System.Text.Json;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;
using Tributary.Runtime.Store;

namespace Tributary.Api.GraphQL.Operations;

/// <summary>What operators look at: failed calls, reminders, the ledger.</summary>
internal sealed class OperationFields(ApiNode node)
{
    private const string CallCursor = "failedCalls";
    private const string ReminderCursor = "reminders";

    private static readonly ReminderMark First = new(DateTimeOffset.MinValue, new GrainId("", ""), "");

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("failedCalls", (_, context) => FailedCallsAsync(context.Arguments, context.CancellationToken))
            .Ask("reminders", (_, context) => RemindersAsync(context.Arguments, context.CancellationToken))
            .Ask("ledger", (_, context) => LedgerAsync(context.Arguments.Get<bool>("verify"), context.CancellationToken));
        bindings.Object<FailedCallNode>("FailedCall");
        bindings.Object<Connection<FailedCallNode>>("FailedCallConnection");
        bindings.Object<Edge<FailedCallNode>>("FailedCallEdge");
        bindings.Object<ReminderNode>("Reminder");
        bindings.Object<Connection<ReminderNode>>("ReminderConnection");
        bindings.Object<Edge<ReminderNode>>("ReminderEdge");
        bindings.Object<LedgerNode>("Ledger");
        bindings.Object<SourceLedgerNode>("SourceLedger");
        bindings.Object<LedgerCountsNode>("LedgerCounts");
    }

    private async ValueTask<Connection<FailedCallNode>> FailedCallsAsync(InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        Guid? before = page.After is not { } cursor ? null
            : Guid.TryParseExact(GlobalId.KeyOfCursor(CallCursor, cursor), "N", out var id) ? id
            : throw GlobalId.CursorInvalid(cursor);
        var rows = await node.Queries.ReadFailuresAsync(before, page.Count + 1, cancellation);
        return KeyedPage.Of(page, rows, FailedCallNode.Of, row => GlobalId.Of(CallCursor, row.Id.ToString("N")));
    }

    private async ValueTask<Connection<ReminderNode>> RemindersAsync(InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        var rows = await node.Queries.ReadPendingRemindersAsync(page.After is { } cursor ? MarkOf(cursor) : First, page.Count + 1, cancellation);
        return KeyedPage.Of(page, rows, ReminderNode.Of, row => GlobalId.Of(ReminderCursor, KeyOf(row)));
    }

    private async ValueTask<LedgerNode> LedgerAsync(bool verify, CancellationToken cancellation) =>
        LedgerNode.Of(await node.Log.ReadLedgerAsync(verify, cancellation));

    private static string KeyOf(ReminderRow row)
    {
        string[] parts = [row.Due.UtcTicks.ToString(), row.Grain.Type, row.Grain.Key, row.Name];
        return JsonSerializer.Serialize(parts, CursorKeyJson.Default.StringArray);
    }

    private static ReminderMark MarkOf(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize(GlobalId.KeyOfCursor(ReminderCursor, cursor), CursorKeyJson.Default.StringArray) is [{ } ticks, { } type, { } key, { } name]
                && long.TryParse(ticks, out var due) && due >= 0 && due <= DateTimeOffset.MaxValue.UtcTicks
                ? new ReminderMark(new DateTimeOffset(due, TimeSpan.Zero), new GrainId(type, key), name)
                : throw GlobalId.CursorInvalid(cursor);
        }
        catch (JsonException)
        {
            throw GlobalId.CursorInvalid(cursor);
        }
    }
}

/// <summary>A failed call as the schema shows it.</summary>
internal sealed record FailedCallNode(string CallId, DateTimeOffset FailedAt, string TargetType, string TargetKey, string Method, string ArgumentsText, string Error)
{
    public static FailedCallNode Of(FailureRow row) =>
        new(row.Id.ToString(), row.FailedAt, row.Target.Type, row.Target.Key, row.Method, Encoding.UTF8.GetString(row.Arguments.Span), row.Error);
}

/// <summary>A reminder as the schema shows it.</summary>
internal sealed record ReminderNode(string GrainType, string GrainKey, string Name, DateTimeOffset DueAt, int Attempt, string? Activity)
{
    public static ReminderNode Of(ReminderRow row) => new(row.Grain.Type, row.Grain.Key, row.Name, row.Due, row.Attempt, row.Activity);
}
