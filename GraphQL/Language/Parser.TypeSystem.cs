namespace Tributary.GraphQL.Language;

/// <summary>Definitions and extensions of the type system (spec section 3).</summary>
public sealed partial class Parser
{
    private TypeSystemDefinition? ParseTypeSystemDefinition(int start, string? description, bool isExtension)
    {
        switch (token.Kind == TokenKind.Name ? token.Value : null)
        {
            case "schema": return ParseSchema(start, description, isExtension);
            case "scalar": return ParseScalar(start, description, isExtension);
            case "type" or "interface": return ParseObjectOrInterface(start, description, isExtension);
            case "union": return ParseUnion(start, description, isExtension);
            case "enum": return ParseEnum(start, description, isExtension);
            case "input": return ParseInput(start, description, isExtension);
            case "directive" when !isExtension: return ParseDirectiveDefinition(start, description);
            default: return null;
        }
    }

    private SchemaDefinition ParseSchema(int start, string? description, bool isExtension)
    {
        Advance();
        var directives = ParseDirectives(constant: true);
        if (!isExtension && token.Kind != TokenKind.BraceLeft) throw Unexpected();
        var operations = OptionalMany(TokenKind.BraceLeft, static p => p.ParseRootOperation(), TokenKind.BraceRight);
        RequireContent(isExtension, directives.Count + operations.Count);
        return new SchemaDefinition(start, description, isExtension, directives, operations);
    }

    private RootOperation ParseRootOperation()
    {
        var start = token.Start;
        var operation = ParseOperationType();
        Expect(TokenKind.Colon);
        return new RootOperation(start, operation, ParseNamedType());
    }

    private ScalarTypeDefinition ParseScalar(int start, string? description, bool isExtension)
    {
        Advance();
        var name = ExpectName();
        var directives = ParseDirectives(constant: true);
        RequireContent(isExtension, directives.Count);
        return new ScalarTypeDefinition(start, description, isExtension, name, directives);
    }

    private TypeDefinition ParseObjectOrInterface(int start, string? description, bool isExtension)
    {
        var isInterface = token.Value == "interface";
        Advance();
        var name = ExpectName();
        var interfaces = SkipKeyword("implements") ? ParseDelimited(TokenKind.Ampersand) : [];
        var directives = ParseDirectives(constant: true);
        var fields = OptionalMany(TokenKind.BraceLeft, static p => p.ParseFieldDefinition(), TokenKind.BraceRight);
        RequireContent(isExtension, interfaces.Count + directives.Count + fields.Count);
        return isInterface
            ? new InterfaceTypeDefinition(start, description, isExtension, name, directives, interfaces, fields)
            : new ObjectTypeDefinition(start, description, isExtension, name, directives, interfaces, fields);
    }

    private UnionTypeDefinition ParseUnion(int start, string? description, bool isExtension)
    {
        Advance();
        var name = ExpectName();
        var directives = ParseDirectives(constant: true);
        var members = Skip(TokenKind.Equal) ? ParseDelimited(TokenKind.Pipe) : [];
        RequireContent(isExtension, directives.Count + members.Count);
        return new UnionTypeDefinition(start, description, isExtension, name, directives, members);
    }

    private EnumTypeDefinition ParseEnum(int start, string? description, bool isExtension)
    {
        Advance();
        var name = ExpectName();
        var directives = ParseDirectives(constant: true);
        var values = OptionalMany(TokenKind.BraceLeft, static p => p.ParseEnumValueDefinition(), TokenKind.BraceRight);
        RequireContent(isExtension, directives.Count + values.Count);
        return new EnumTypeDefinition(start, description, isExtension, name, directives, values);
    }

    private EnumValueDefinition ParseEnumValueDefinition()
    {
        var start = token.Start;
        var description = ParseDescription();
        if (token is { Kind: TokenKind.Name, Value: "true" or "false" or "null" })
            throw new GraphQLSyntaxException(
                source, token.Start, $"{token} is reserved and cannot be used for an enum value.");
        return new EnumValueDefinition(start, description, ExpectName(), ParseDirectives(constant: true));
    }

    private InputObjectTypeDefinition ParseInput(int start, string? description, bool isExtension)
    {
        Advance();
        var name = ExpectName();
        var directives = ParseDirectives(constant: true);
        var fields = OptionalMany(TokenKind.BraceLeft, static p => p.ParseInputValueDefinition(), TokenKind.BraceRight);
        RequireContent(isExtension, directives.Count + fields.Count);
        return new InputObjectTypeDefinition(start, description, isExtension, name, directives, fields);
    }

    private FieldDefinition ParseFieldDefinition()
    {
        var start = token.Start;
        var description = ParseDescription();
        var name = ExpectName();
        var arguments = OptionalMany(
            TokenKind.ParenLeft, static p => p.ParseInputValueDefinition(), TokenKind.ParenRight);
        Expect(TokenKind.Colon);
        var type = ParseTypeReference();
        return new FieldDefinition(start, description, name, arguments, type, ParseDirectives(constant: true));
    }

    private InputValueDefinition ParseInputValueDefinition()
    {
        var start = token.Start;
        var description = ParseDescription();
        var name = ExpectName();
        Expect(TokenKind.Colon);
        var type = ParseTypeReference();
        var defaultValue = Skip(TokenKind.Equal) ? ParseValueLiteral(constant: true) : null;
        return new InputValueDefinition(start, description, name, type, defaultValue, ParseDirectives(constant: true));
    }

    private DirectiveDefinition ParseDirectiveDefinition(int start, string? description)
    {
        Advance();
        Expect(TokenKind.At);
        var name = ExpectName();
        var arguments = OptionalMany(
            TokenKind.ParenLeft, static p => p.ParseInputValueDefinition(), TokenKind.ParenRight);
        var repeatable = SkipKeyword("repeatable");
        ExpectKeyword("on");
        var locations = new List<string>();
        Skip(TokenKind.Pipe);
        do
        {
            if (token.Kind != TokenKind.Name || !DirectiveLocations.All.Contains(token.Value!)) throw Unexpected();
            locations.Add(ExpectName());
        }
        while (Skip(TokenKind.Pipe));
        return new DirectiveDefinition(start, description, name, arguments, repeatable, locations);
    }

    private List<NamedTypeNode> ParseDelimited(TokenKind delimiter)
    {
        var types = new List<NamedTypeNode>();
        Skip(delimiter);
        do types.Add(ParseNamedType()); while (Skip(delimiter));
        return types;
    }

    /// <summary>An extension that adds nothing is a syntax error.</summary>
    private void RequireContent(bool isExtension, int count)
    {
        if (isExtension && count == 0) throw Unexpected();
    }
}
