using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.Aggregates;

/// <summary><c>GET /aggregates</c>: the configured definitions, then stored ones that no longer count.</summary>
internal sealed class ListAggregates(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        var live = node.Live();
        var bodies = live.Definitions.Select(
            active => BodyOf(active.Definition, live.GenerationNumbers[active.Generation], live.IsFed(active)));
        var list = new AggregateList([.. bodies]);
        await ApiJson.WriteAsync(context, list, ApiJson.Default.AggregateList);
    }

    private static AggregateBody BodyOf(AggregateDefinition definition, int generation, bool isFed) =>
        new(
            definition.Name,
            generation,
            definition.Sources,
            definition
                .Group.Select(group => new AggregateGroupBody(
                    group.Name,
                    group.Pointer.Text,
                    group.Floor is { } floor ? JsonElement.Parse(floor.ToString()) : null))
                .ToList(),
            definition
                .Measures.Select(measure => new AggregateMeasureBody(
                    measure.Name, measure.Kind.ToString().ToLowerInvariant(), measure.Pointer?.Text))
                .ToList(),
            definition.Window is { } window
                ? new AggregateWindowBody(window.SizeMs, window.Time is null ? "arrival" : "event")
                : null,
            isFed);
}
