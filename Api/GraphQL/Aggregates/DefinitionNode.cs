using System.Text.Json;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>The definition of an aggregate as the schema shows it.</summary>
internal sealed record DefinitionNode(
    string Name, int Generation, IReadOnlyList<string>? Sources, IReadOnlyList<GroupDefinitionNode> Group,
    IReadOnlyList<MeasureDefinitionNode> Measures, WindowNode? Window, bool IsFed)
{
    public static DefinitionNode Of(CountedDefinition counted)
    {
        var definition = counted.Definition;
        return new DefinitionNode(
            definition.Name,
            counted.Number,
            definition.Sources,
            definition
                .Group.Select(group => new GroupDefinitionNode(
                    group.Name,
                    group.Pointer.Text,
                    group.Floor is { } floor ? JsonElement.Parse(floor.ToString()) : null))
                .ToList(),
            definition
                .Measures.Select(measure => new MeasureDefinitionNode(
                    measure.Name, measure.Kind, measure.Pointer?.Text))
                .ToList(),
            definition.Window is { } window
                ? new WindowNode(window.SizeMs, window.Time is null ? WindowTime.Arrival : WindowTime.Event)
                : null,
            counted.IsFed);
    }
}

internal sealed record GroupDefinitionNode(string Name, string Pointer, JsonElement? Floor);

internal sealed record MeasureDefinitionNode(string Name, MeasureKind Kind, string? Pointer);

internal sealed record WindowNode(long SizeMs, WindowTime By);

/// <summary>The time that decides a message's window.</summary>
internal enum WindowTime
{
    Event,
    Arrival,
}
