namespace Tributary.GraphQL.Language;

/// <summary>Values and type references (spec sections 2.9 and 2.11).</summary>
public sealed partial class Parser
{
    private ValueNode ParseValueLiteral(bool constant)
    {
        var start = token;
        switch (start.Kind)
        {
            case TokenKind.BracketLeft: return ParseList(constant);
            case TokenKind.BraceLeft: return ParseObject(constant);
            case TokenKind.Int:
                Advance();
                return new IntValue(start.Start, start.Value!);
            case TokenKind.Float:
                Advance();
                return new FloatValue(start.Start, start.Value!);
            case TokenKind.String or TokenKind.BlockString:
                Advance();
                return new StringValue(start.Start, start.Value!, start.Kind == TokenKind.BlockString);
            case TokenKind.Name:
                Advance();
                return start.Value switch
                {
                    "true" => new BooleanValue(start.Start, true),
                    "false" => new BooleanValue(start.Start, false),
                    "null" => new NullValue(start.Start),
                    _ => new EnumValue(start.Start, start.Value!),
                };
            case TokenKind.Dollar:
                Advance();
                var name = ExpectName();
                if (constant)
                    throw new GraphQLSyntaxException(
                        source, start.Start, $"unexpected variable \"${name}\" in a constant value.");
                return new VariableValue(start.Start, name);
            default:
                throw Unexpected();
        }
    }

    private ListValue ParseList(bool constant)
    {
        Enter();
        var start = Expect(TokenKind.BracketLeft).Start;
        var values = new List<ValueNode>();
        while (!Skip(TokenKind.BracketRight)) values.Add(ParseValueLiteral(constant));
        Leave();
        return new ListValue(start, values);
    }

    private ObjectValue ParseObject(bool constant)
    {
        Enter();
        var start = Expect(TokenKind.BraceLeft).Start;
        var fields = new List<ObjectField>();
        while (!Skip(TokenKind.BraceRight))
        {
            var at = token.Start;
            var name = ExpectName();
            Expect(TokenKind.Colon);
            fields.Add(new ObjectField(at, name, ParseValueLiteral(constant)));
        }
        Leave();
        return new ObjectValue(start, fields);
    }

    private TypeNode ParseTypeReference()
    {
        var start = token.Start;
        TypeNode type;
        if (token.Kind == TokenKind.BracketLeft)
        {
            Enter();
            Advance();
            type = new ListTypeNode(start, ParseTypeReference());
            Expect(TokenKind.BracketRight);
            Leave();
        }
        else
        {
            type = ParseNamedType();
        }
        return Skip(TokenKind.Bang) ? new NonNullTypeNode(start, type) : type;
    }

    private NamedTypeNode ParseNamedType()
    {
        var start = token.Start;
        return new NamedTypeNode(start, ExpectName());
    }
}
