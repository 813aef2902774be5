using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;
using Tributary.Storage.Reminders;

namespace Tributary.Api.GraphQL.Operations;

/// <summary>Reads for operators: reminders and the ledger.</summary>
internal sealed class OperationFields(ApiNode node)
{
    private const string ReminderCursor = "reminders";

    private static readonly ReminderMark First = new(DateTimeOffset.MinValue, new RoundGrainId("", ""), "");

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("reminders", (_, context) => RemindersAsync(context.Arguments, context.CancellationToken))
            .Ask("ledger", (_, context) =>
                LedgerAsync(context.Arguments.Get<bool>("verify"), context.CancellationToken));
        bindings.Object<ReminderNode>("Reminder");
        bindings.Object<Connection<ReminderNode>>("ReminderConnection");
        bindings.Object<Edge<ReminderNode>>("ReminderEdge");
        bindings.Object<LedgerNode>("Ledger");
        bindings.Object<SourceLedgerNode>("SourceLedger");
        bindings.Object<LedgerCountsNode>("LedgerCounts");
    }

    private async ValueTask<Connection<ReminderNode>> RemindersAsync(
        InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        var rows = await node.Reminders.ReadPendingRemindersAsync(
            page.After is { } cursor ? MarkOf(cursor) : First, page.Count + 1, cancellation);
        return KeyedPage.Of(page, rows, ReminderNode.Of, row => GlobalId.Of(ReminderCursor, KeyOf(row)));
    }

    private async ValueTask<LedgerNode> LedgerAsync(bool verify, CancellationToken cancellation) =>
        LedgerNode.Of(await node.Ledger.ReadLedgerAsync(verify, cancellation));

    private static string KeyOf(ReminderRow row) =>
        CursorKey.Of(row.Due.UtcTicks.ToString(), row.Grain.Type, row.Grain.Key, row.Name);

    private static ReminderMark MarkOf(string cursor) =>
        CursorKey.Read(GlobalId.KeyOfCursor(ReminderCursor, cursor)) is [{ } ticks, { } type, { } key, { } name]
        && long.TryParse(ticks, out var due)
        && due >= 0
        && due <= DateTimeOffset.MaxValue.UtcTicks
            ? new ReminderMark(new DateTimeOffset(due, TimeSpan.Zero), new RoundGrainId(type, key), name)
            : throw GlobalId.CursorInvalid(cursor);
}

/// <summary>A reminder as the schema shows it.</summary>
internal sealed record ReminderNode(
    string GrainType, string GrainKey, string Name, DateTimeOffset DueAt, int Attempt, string? Activity)
{
    public static ReminderNode Of(ReminderRow row) =>
        new(row.Grain.Type, row.Grain.Key, row.Name, row.Due, row.Attempt, row.Activity);
}
