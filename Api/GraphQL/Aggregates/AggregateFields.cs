using Tributary.Aggregates;
using Tributary.Api.Aggregates;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>Reads of aggregates: one through its grain, many as committed.</summary>
internal sealed class AggregateFields(
    ApiNode node, CountedDefinitions definitions, AggregateMessages messages, CountedBefore before)
{
    private const string CursorKind = "aggregates";

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Field("definitions", (_, _) => definitions.All.Select(DefinitionNode.Of).ToList())
            .Ask("aggregate", (_, context) => OneAsync(context.Arguments, context.CancellationToken))
            .Ask("aggregates", (_, context) => ListAsync(context.Arguments, context.CancellationToken));
        bindings.Object<AggregateNode>("Aggregate").Ask("messages", (aggregate, context) => messages.ReadAsync(
            aggregate, PageArguments.Of(context.Arguments), (RequestLimits)context.State!, context.CancellationToken));
        bindings.Object<Connection<AggregateNode>>("AggregateConnection");
        bindings.Object<Edge<AggregateNode>>("AggregateEdge");
        bindings.Object<GroupValueNode>("AggregateGroupValue");
        bindings.Object<MeasureNode>("AggregateMeasure");
        bindings.Object<DefinitionNode>("AggregateDefinition");
        bindings.Object<GroupDefinitionNode>("AggregateGroupDefinition");
        bindings.Object<MeasureDefinitionNode>("AggregateMeasureDefinition");
        bindings.Object<WindowNode>("AggregateWindow");
        bindings.Enum<MeasureKind>("MeasureKind");
        bindings.Enum<WindowTime>("WindowTime");
        bindings.Enum<OrderDirection>("OrderDirection");
    }

    /// <summary>
    /// The aggregate now, with every message that was acknowledged. Null when nothing was counted.
    /// </summary>
    public async ValueTask<AggregateNode?> ReadAsync(CountedDefinition counted, AggregateKey key) =>
        await node.Grains.GetGrain<IAggregateGrain>(key.ToString()).Read() is { } state
            ? new AggregateNode(key, counted, AggregateView.Of(key, state, counted.Definition))
            : null;

    /// <summary>The aggregate with this key; null when no live definition counts it.</summary>
    public async ValueTask<AggregateNode?> FindAsync(string text) =>
        TryParse(text) is { } key
        && definitions.All.FirstOrDefault(counted => counted.Active.Generation == key.Generation) is { } counted
            ? await ReadAsync(counted, key)
            : null;

    private async ValueTask<AggregateNode?> OneAsync(InputObject arguments, CancellationToken cancellation)
    {
        var counted = definitions.Named(arguments.Get<string>("name")!);
        var group = counted.GroupOf(Values(arguments)!);
        var time = arguments.TryGetValue("windowStart", out var given) ? given as DateTimeOffset? : null;
        var key = new AggregateKey(counted.Active.Generation, counted.WindowStartMs(time), group);
        await WaitAsync(arguments, cancellation);
        return await ReadAsync(counted, key);
    }

    private Task WaitAsync(InputObject arguments, CancellationToken cancellation)
    {
        var deadline = arguments.Get<int?>("deadlineMs");
        if (arguments.Get<string>("atLeast") is { } cursor)
        {
            return deadline is < 0 or > CountedBefore.MaxDeadlineMs
                ? throw Resolving.Invalid(
                    $"The argument 'deadlineMs' is {deadline}; allowed: 0 to {CountedBefore.MaxDeadlineMs}.")
                : before.WaitAsync(cursor, deadline ?? CountedBefore.DefaultDeadlineMs, cancellation);
        }

        return deadline is null
            ? Task.CompletedTask
            : throw Resolving.Invalid("Found the argument 'deadlineMs'; allowed: nothing without 'atLeast'.");
    }

    private async ValueTask<Connection<AggregateNode>> ListAsync(InputObject arguments, CancellationToken cancellation)
    {
        var counted = definitions.Named(arguments.Get<string>("name")!);
        var page = PageArguments.Of(arguments);
        var group = Values(arguments) is { } values ? counted.GroupOf(values) : null;
        var (from, to) = (TimeOf(arguments, "from", counted), TimeOf(arguments, "to", counted));
        var ordered = OrderedAggregates.Of(arguments, counted);
        await WaitAsync(arguments, cancellation);
        if (ordered is { } order)
            return await order.ReadAsync(page.Count, ReadAsync, counted.Definition.Name, row => CursorOf(row.Key));

        var rows = await ReadAsync(page.After is { } cursor ? AfterOf(cursor, counted) : null, page.Count + 1);
        return KeyedPage.Of(page, rows, row => row, row => CursorOf(row.Key));

        async ValueTask<IReadOnlyList<AggregateNode>> ReadAsync(AggregateKey? after, int limit) =>
            (await node.Aggregates.ReadAggregatesAsync(
                counted.Active.Generation, group, from, to, after, limit, cancellation))
            .Select(row => new AggregateNode(row.Key, counted, AggregateView.Of(row, counted.Definition))).ToList();
    }

    private static string CursorOf(AggregateKey key) => GlobalId.Of(CursorKind, key.ToString());

    /// <summary>The values of the group as the caller wrote them; null without a group.</summary>
    public static IReadOnlyList<object?>? Values(InputObject arguments) =>
        arguments.TryGetValue("group", out var given) ? (IReadOnlyList<object?>?)given : null;

    private static long? TimeOf(InputObject arguments, string name, CountedDefinition counted)
    {
        if (!arguments.TryGetValue(name, out var given) || given is not DateTimeOffset time)
            return null;
        return counted.Definition.Window is null
            ? throw Resolving.Invalid(
                $"Found the argument '{name}'; allowed: nothing, because the aggregate '{counted.Definition.Name}' has "
                + "no windows.")
            : time.ToUnixTimeMilliseconds();
    }

    private static AggregateKey AfterOf(string cursor, CountedDefinition counted) =>
        TryParse(GlobalId.KeyOfCursor(CursorKind, cursor)) is { } key && key.Generation == counted.Active.Generation
            ? key
            : throw GlobalId.CursorInvalid(cursor);

    private static AggregateKey? TryParse(string text)
    {
        try
        {
            return AggregateKey.Parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            // The caller names what is allowed.
            return null;
        }
    }
}
