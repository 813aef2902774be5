using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Aggregates;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Storage.Aggregates;

namespace Tributary.Api.Aggregates;

/// <summary><c>GET /aggregates/{name}</c>: rows of one aggregate as committed, by window, then group.</summary>
internal sealed class ReadAggregate(ApiNode node, CountedBefore counted)
{
    private const string TimeAllowed =
        Parameters.TimeAllowed + ", or milliseconds since 1970-01-01 UTC in digits";

    private const string NextAllowed = "the next of an earlier page of the same aggregate";

    public async Task InvokeAsync(HttpContext context)
    {
        var live = node.Live();
        var active = Find(live.Definitions, (string)context.Request.RouteValues["name"]!);
        var parameters = new Parameters(
            context.Request, "group", "from", "to", "limit", "after", "atLeast", "deadline");
        var limit = parameters.Limit();
        var (group, after) = (GroupOf(parameters, active.Definition), AfterOf(parameters, active.Generation));
        var from = TimeOf(parameters, "from", active.Definition);
        var to = TimeOf(parameters, "to", active.Definition);
        await counted.WaitAsync(parameters, context.RequestAborted);
        var rows = await node.Aggregates.ReadAggregatesAsync(
            active.Generation, group, from, to, after, limit + 1, context.RequestAborted);

        var page = new ListPage<AggregateRow>(rows, limit);
        var body = new AggregateRows(
            active.Definition.Name,
            live.GenerationNumbers[active.Generation],
            [.. page.Rows.Select(row => BodyOf(row, active.Definition))],
            page.Next(static row => OpaqueText.Of(row.Key.ToString())),
            live.IsFed(active));
        await ApiJson.WriteAsync(context, body, ApiJson.Default.AggregateRows);
    }

    private static DefinedGeneration Find(IReadOnlyList<DefinedGeneration> definitions, string name)
    {
        if (definitions.FirstOrDefault(active => active.Definition.Name == name) is { } found)
            return found;
        var names = definitions.Count == 0 ? "none" : string.Join(", ", definitions.Select(one => one.Definition.Name));
        throw new TributaryException("aggregate_not_found", $"There is no aggregate '{name}'; there are: {names}.");
    }

    private static string? GroupOf(in Parameters parameters, AggregateDefinition definition)
    {
        if (parameters.Text("group") is not { } text)
            return null;

        var group = GroupKey.Normalise(Encoding.UTF8.GetBytes(text));
        using var values = JsonDocument.Parse(group);
        var count = values.RootElement.GetArrayLength();
        return count == definition.Group.Count
            ? group
            : throw Parameters.Invalid(
                "group", text,
                $"an array of {definition.Group.Count} values: "
                + $"{string.Join(", ", definition.Group.Select(one => one.Name))}");
    }

    private static long? TimeOf(in Parameters parameters, string name, AggregateDefinition definition)
    {
        if (parameters.Text(name) is not { } text)
            return null;
        if (definition.Window is null)
            throw Parameters.Invalid(name, text, $"nothing: the aggregate '{definition.Name}' has no windows");
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms))
            return ms;

        return Parameters.TryParseTime(text, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw Parameters.Invalid(name, text, TimeAllowed);
    }

    private static AggregateKey? AfterOf(in Parameters parameters, int generation) => parameters.After(
        text => OpaqueText.Read(text) is { } key && KeyOf(key) is { } found && found.Generation == generation
            ? found
            : (AggregateKey?)null,
        NextAllowed);

    private static AggregateKey? KeyOf(string text)
    {
        try
        {
            return AggregateKey.Parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static AggregateRowBody BodyOf(AggregateRow row, AggregateDefinition definition)
    {
        var view = AggregateView.Of(row, definition);
        return new AggregateRowBody(
            view.Group, view.WindowStart, view.WindowEnd, view.Count, view.Measures, view.Skipped);
    }
}
