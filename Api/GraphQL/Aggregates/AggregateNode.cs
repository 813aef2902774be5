using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>One row of an aggregate as the schema shows it.</summary>
internal sealed class AggregateNode(AggregateKey key, CountedDefinition counted, AggregateView view)
{
    public AggregateKey Key { get; } = key;

    public CountedDefinition Counted { get; } = counted;

    public string Id => GlobalId.Of(GlobalId.Aggregate, Key.ToString());

    public string Name => view.Name;

    public int Generation => Counted.Number;

    public IReadOnlyList<GroupValueNode> Group =>
        view.Group.Select(value => new GroupValueNode(value.Key, value.Value)).ToList();

    public DateTimeOffset? WindowStart => view.WindowStart;

    public DateTimeOffset? WindowEnd => view.WindowEnd;

    public long Count => view.Count;

    public JsonElement ValueOf(string measure) => view.Measures[measure];

    public IReadOnlyList<MeasureNode> Measures =>
        Counted
            .Definition.Measures.Select(measure => new MeasureNode(
                measure.Name, measure.Kind, view.Measures[measure.Name], view.Skipped.GetValueOrDefault(measure.Name)))
            .ToList();
}

internal sealed record GroupValueNode(string Name, JsonElement Value);

internal sealed record MeasureNode(string Name, MeasureKind Kind, JsonElement Value, long SkippedCount);
