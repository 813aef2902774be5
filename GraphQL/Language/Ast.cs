namespace Tributary.GraphQL.Language;

/// <summary>A node of the syntax tree. <c>Start</c> is the UTF-16 offset of its first token.</summary>
public abstract record Node(int Start)
{
    /// <summary>Nodes are compared by identity: two equal texts at two places are two nodes.</summary>
    public virtual bool Equals(Node? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A parsed document. Immutable; requests may share it.</summary>
public sealed record Document(Source Source, IReadOnlyList<Definition> Definitions, int TokenCount) : Node(0);

public abstract record Definition(int Start, string? Description) : Node(Start);

public enum OperationType { Query, Mutation, Subscription }

public sealed record OperationDefinition(
    int Start, string? Description, OperationType Operation, string? Name, IReadOnlyList<VariableDefinition> Variables,
    IReadOnlyList<Directive> Directives, SelectionSet SelectionSet) : Definition(Start, Description);

public sealed record VariableDefinition(
    int Start,
    string? Description,
    string Name,
    TypeNode Type,
    ValueNode? DefaultValue,
    IReadOnlyList<Directive> Directives
) : Node(Start);

public sealed record FragmentDefinition(
    int Start, string? Description, string Name, NamedTypeNode TypeCondition, IReadOnlyList<Directive> Directives,
    SelectionSet SelectionSet) : Definition(Start, Description);

public sealed record SelectionSet(int Start, IReadOnlyList<Selection> Selections) : Node(Start);

public abstract record Selection(int Start, IReadOnlyList<Directive> Directives) : Node(Start);

public sealed record Field(
    int Start, string? Alias, string Name, IReadOnlyList<Argument> Arguments, IReadOnlyList<Directive> Directives,
    SelectionSet? SelectionSet) : Selection(Start, Directives)
{
    /// <summary>The key of this field in the response.</summary>
    public string ResponseKey => Alias ?? Name;
}

public sealed record FragmentSpread(int Start, string Name, IReadOnlyList<Directive> Directives)
    : Selection(Start, Directives);

public sealed record InlineFragment(
    int Start,
    NamedTypeNode? TypeCondition,
    IReadOnlyList<Directive> Directives,
    SelectionSet SelectionSet
) : Selection(Start, Directives);

public sealed record Argument(int Start, string Name, ValueNode Value) : Node(Start);

public sealed record Directive(int Start, string Name, IReadOnlyList<Argument> Arguments) : Node(Start);

public abstract record ValueNode(int Start) : Node(Start);

public sealed record VariableValue(int Start, string Name) : ValueNode(Start);

public sealed record IntValue(int Start, string Value) : ValueNode(Start);

public sealed record FloatValue(int Start, string Value) : ValueNode(Start);

public sealed record StringValue(int Start, string Value, bool Block) : ValueNode(Start);

public sealed record BooleanValue(int Start, bool Value) : ValueNode(Start);

public sealed record NullValue(int Start) : ValueNode(Start);

public sealed record EnumValue(int Start, string Value) : ValueNode(Start);

public sealed record ListValue(int Start, IReadOnlyList<ValueNode> Values) : ValueNode(Start);

public sealed record ObjectValue(int Start, IReadOnlyList<ObjectField> Fields) : ValueNode(Start);

public sealed record ObjectField(int Start, string Name, ValueNode Value) : Node(Start);

public abstract record TypeNode(int Start) : Node(Start);

public sealed record NamedTypeNode(int Start, string Name) : TypeNode(Start);

public sealed record ListTypeNode(int Start, TypeNode Of) : TypeNode(Start);

public sealed record NonNullTypeNode(int Start, TypeNode Of) : TypeNode(Start);
