using System.Collections.Concurrent;
using Tributary.Measures;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Contributions;

/// <summary>A generation of an aggregate with its definition.</summary>
/// <param name="Generation">The id of the generation.</param>
public sealed record DefinedGeneration(int Generation, AggregateDefinition Definition);

/// <summary>The wanted values of the bodies of one source, and the generations that count them.</summary>
internal sealed class Plan
{
    public Plan(
        IReadOnlyList<DefinedGeneration> all, IReadOnlyList<IndexedPath> indexed, string source, JsonPointer? item)
    {
        var counted = Enumerable.Range(0, all.Count).Where(index => all[index].Definition.Counts(source)).ToList();
        var wanted = counted
            .SelectMany(index => Pointers(all[index].Definition))
            .Concat(indexed.Select(path => path.Pointer));
        var (root, slots) = PointerNode.Build(item is null ? wanted : wanted.Append(item));
        Root = root;
        SlotsCount = root.EndSlot;
        ItemSlot = item is null ? -1 : slots[item.Text];
        Definitions = [.. counted.Select(index => new PlannedDefinition(index, all[index], slots))];
        Indexed = [.. indexed.Select(path => (path.Id, slots[path.Pointer.Text]))];
        Generations = [.. Definitions.Select(definition => definition.Generation)];
    }

    public PointerNode Root { get; }

    public int SlotsCount { get; }

    /// <summary>The slot of the item's id, or -1.</summary>
    public int ItemSlot { get; }

    public PlannedDefinition[] Definitions { get; }

    /// <summary>The indexed paths with the slots of their values.</summary>
    public (int Path, int Slot)[] Indexed { get; }

    /// <summary>
    /// The generations of all definitions here: a message contributes to all of them when no contribution is refused.
    /// </summary>
    public int[] Generations { get; }

    private static IEnumerable<JsonPointer> Pointers(AggregateDefinition definition)
    {
        var pointers = definition.Group.Select(group => group.Pointer)
            .Concat(definition.Measures.Select(measure => measure.Pointer).OfType<JsonPointer>());
        return definition.Window?.Time is { } time ? pointers.Append(time) : pointers;
    }
}

/// <summary>A definition with its pointers resolved to slots.</summary>
internal sealed class PlannedDefinition(int index, DefinedGeneration active, Dictionary<string, int> slots)
{
    /// <summary>The definition's place among all fed ones.</summary>
    public int Index { get; } = index;

    public int Generation { get; } = active.Generation;

    public WindowDefinition? Window { get; } = active.Definition.Window;

    public int TimeSlot { get; } = active.Definition.Window?.Time is { } time ? slots[time.Text] : -1;

    public (int Slot, ExactDecimal? Floor)[] Groups { get; } =
        [.. active.Definition.Group.Select(group => (slots[group.Pointer.Text], group.Floor))];

    /// <summary>The measures that hold values; counting messages needs none.</summary>
    public (MeasureKind Kind, int Slot)[] Measures { get; } =
    [
        .. active
            .Definition.Measures.Where(measure => measure.Pointer is not null)
            .Select(measure => (measure.Kind, slots[measure.Pointer!.Text])),
    ];
}

/// <summary>The plans in use, one per source that some definition names and item pointer.</summary>
internal sealed class Plans(IReadOnlyList<DefinedGeneration> definitions, IReadOnlyList<IndexedPath> indexed)
{
    /// <summary>Plans beyond this number are made anew for each message.</summary>
    private const int MaxPlansCount = 1024;

    private readonly HashSet<string> named =
    [
        .. definitions.SelectMany(definition => definition.Definition.Sources ?? []),
    ];
    private readonly ConcurrentDictionary<(string Source, JsonPointer? Item), Plan> plans = new();
    private readonly Plan others = new(definitions, indexed, "", null);

    public Plan For(string source, JsonPointer? item)
    {
        // Sources that no definition names are alike.
        var alike = named.Contains(source) ? source : "";
        if (item is null && alike.Length == 0)
            return others;
        if (plans.TryGetValue((alike, item), out var plan))
            return plan;

        plan = new Plan(definitions, indexed, alike, item);
        if (plans.Count < MaxPlansCount)
            plans.TryAdd((alike, item), plan);
        return plan;
    }
}
