namespace Tributary.GraphQL.Language;

/// <summary>A definition of the type system; with <c>IsExtension</c> an <c>extend</c> definition.</summary>
public abstract record TypeSystemDefinition(
    int Start, string? Description, bool IsExtension,
    IReadOnlyList<Directive> Directives) : Definition(Start, Description);

public sealed record SchemaDefinition(
    int Start,
    string? Description,
    bool IsExtension,
    IReadOnlyList<Directive> Directives,
    IReadOnlyList<RootOperation> Operations
) : TypeSystemDefinition(Start, Description, IsExtension, Directives);

public sealed record RootOperation(int Start, OperationType Operation, NamedTypeNode Type) : Node(Start);

public abstract record TypeDefinition(
    int Start, string? Description, bool IsExtension, string Name,
    IReadOnlyList<Directive> Directives) : TypeSystemDefinition(Start, Description, IsExtension, Directives);

public sealed record ScalarTypeDefinition(
    int Start, string? Description, bool IsExtension, string Name,
    IReadOnlyList<Directive> Directives) : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record ObjectTypeDefinition(
    int Start, string? Description, bool IsExtension, string Name, IReadOnlyList<Directive> Directives,
    IReadOnlyList<NamedTypeNode> Interfaces, IReadOnlyList<FieldDefinition> Fields)
    : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record InterfaceTypeDefinition(
    int Start, string? Description, bool IsExtension, string Name, IReadOnlyList<Directive> Directives,
    IReadOnlyList<NamedTypeNode> Interfaces, IReadOnlyList<FieldDefinition> Fields)
    : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record UnionTypeDefinition(
    int Start,
    string? Description,
    bool IsExtension,
    string Name,
    IReadOnlyList<Directive> Directives,
    IReadOnlyList<NamedTypeNode> Members
) : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record EnumTypeDefinition(
    int Start, string? Description, bool IsExtension, string Name, IReadOnlyList<Directive> Directives,
    IReadOnlyList<EnumValueDefinition> Values)
    : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record InputObjectTypeDefinition(
    int Start, string? Description, bool IsExtension, string Name, IReadOnlyList<Directive> Directives,
    IReadOnlyList<InputValueDefinition> Fields)
    : TypeDefinition(Start, Description, IsExtension, Name, Directives);

public sealed record DirectiveDefinition(
    int Start, string? Description, string Name, IReadOnlyList<InputValueDefinition> Arguments, bool Repeatable,
    IReadOnlyList<string> Locations) : TypeSystemDefinition(Start, Description, false, []);

public sealed record FieldDefinition(
    int Start, string? Description, string Name, IReadOnlyList<InputValueDefinition> Arguments, TypeNode Type,
    IReadOnlyList<Directive> Directives) : Node(Start);

public sealed record InputValueDefinition(
    int Start,
    string? Description,
    string Name,
    TypeNode Type,
    ValueNode? DefaultValue,
    IReadOnlyList<Directive> Directives
) : Node(Start);

public sealed record EnumValueDefinition(
    int Start, string? Description, string Name, IReadOnlyList<Directive> Directives) : Node(Start);
