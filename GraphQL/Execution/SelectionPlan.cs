using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// The collected fields of one object type at one place of an operation, in the order of the response.
/// </summary>
internal sealed class SelectionPlan(ObjectType type, FieldPlan[] fields)
{
    public ObjectType Type { get; } = type;

    public FieldPlan[] Fields { get; } = fields;
}

/// <summary>
/// One field of a response with the parts that do not change between requests: its encoded key, its
/// constant arguments and the plans below it.
/// </summary>
internal sealed class FieldPlan
{
    private (ObjectType Type, SelectionPlan Plan)[] children = [];

    public FieldPlan(string key, FieldDef definition, FieldBinding? binding, Field[] nodes)
    {
        Key = key;
        EncodedKey = JsonEncodedText.Encode(key);
        Definition = definition;
        Binding = binding;
        Nodes = nodes;
        IsNonNull = definition.Type.IsNonNull;
        IsTypeName = definition.Name == "__typename";
        HasVariables = nodes[0].Arguments.Any(a => Holds(a.Value));
    }

    public string Key { get; }

    public JsonEncodedText EncodedKey { get; }

    public FieldDef Definition { get; }

    public FieldBinding? Binding { get; }

    /// <summary>All fields of the document that are merged into this one.</summary>
    public Field[] Nodes { get; }

    public bool IsNonNull { get; }

    public bool IsTypeName { get; }

    /// <summary>True when the arguments depend on the request's variables.</summary>
    public bool HasVariables { get; }

    /// <summary>The arguments when they do not depend on the request; computed on first use.</summary>
    public InputObject? ConstantArguments { get; set; }

    /// <summary>
    /// The plan for values of <paramref name="type"/>, collected on first use. Two requests may
    /// both collect it, with the same result.
    /// </summary>
    public SelectionPlan For(ObjectType type, PlanScope scope)
    {
        foreach (var (known, plan) in children)
            if (ReferenceEquals(known, type)) return plan;
        var collected = FieldCollector.CollectSubfields(scope, type, Nodes);
        children = [.. children, (type, collected)];
        return collected;
    }

    private static bool Holds(ValueNode value) => value switch
    {
        VariableValue => true,
        ListValue list => list.Values.Any(Holds),
        ObjectValue literal => literal.Fields.Any(f => Holds(f.Value)),
        _ => false,
    };
}

/// <summary>
/// The inputs of field collection: the document's fragments, and the variables that decide @skip and @include.
/// </summary>
internal sealed record PlanScope(
    Schema Schema, IReadOnlyDictionary<string, FragmentDefinition> Fragments, InputObject Variables);
