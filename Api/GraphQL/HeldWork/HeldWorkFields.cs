using Tributary.Api.GraphQL.Paging;
using Tributary.Api.HeldWork;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;
using Tributary.Storage.Held;

namespace Tributary.Api.GraphQL.HeldWork;

/// <summary>Calls, reminders and activities that this build cannot make.</summary>
internal sealed class HeldWorkFields(ApiNode node)
{
    private const string CursorType = "held";

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("held", (_, context) => HeldAsync(context.Arguments, context.CancellationToken))
            .Ask("heldCounts", (_, context) => node.Held.CountAsync(context.CancellationToken));
        bindings.Object<HeldGrainNode>("HeldGrain");
        bindings.Object<Connection<HeldGrainNode>>("HeldGrainConnection");
        bindings.Object<Edge<HeldGrainNode>>("HeldGrainEdge");
        bindings.Object<HeldCount>("HeldCount").Field("grainType", count => count.Type);
    }

    private async ValueTask<Connection<HeldGrainNode>> HeldAsync(InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        RoundGrainId? after = page.After is not { } cursor ? null
            : ListHeldWork.Read(GlobalId.KeyOfCursor(CursorType, cursor)) ?? throw GlobalId.CursorInvalid(cursor);
        var rows = await node.Held.ReadGrainsAsync(after, page.Count + 1, cancellation);
        return KeyedPage.Of(
            page, rows, HeldGrainNode.Of, row => GlobalId.Of(CursorType, ListHeldWork.TextOf(row.Grain)));
    }
}

/// <summary>A grain with held work as the schema shows it.</summary>
internal sealed record HeldGrainNode(
    string GrainType, string GrainKey, string Code, string Error, long CallsCount, long RemindersCount,
    DateTimeOffset Since)
{
    public static HeldGrainNode Of(HeldGrain row) => new(
        row.Grain.Type, row.Grain.Key, row.Reason.Code, row.Reason.Text, row.CallsCount, row.RemindersCount, row.Since);
}
