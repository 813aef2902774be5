namespace Tributary.GraphQL.Language;

/// <summary>Operations, selections, fragments, directives (spec sections 2.3 to 2.8 and 2.12).</summary>
public sealed partial class Parser
{
    private OperationDefinition ParseShorthandQuery()
    {
        var start = token.Start;
        return new OperationDefinition(start, null, OperationType.Query, null, [], [], ParseSelectionSet());
    }

    private OperationDefinition ParseOperation(int start, string? description)
    {
        var type = ParseOperationType();
        var name = token.Kind == TokenKind.Name ? ExpectName() : null;
        var variables = OptionalMany(
            TokenKind.ParenLeft, static p => p.ParseVariableDefinition(), TokenKind.ParenRight);
        return new OperationDefinition(
            start, description, type, name, variables, ParseDirectives(constant: false), ParseSelectionSet());
    }

    private OperationType ParseOperationType()
    {
        OperationType? type = token is { Kind: TokenKind.Name, Value: var word }
            ? word switch
            {
                "query" => OperationType.Query,
                "mutation" => OperationType.Mutation,
                "subscription" => OperationType.Subscription,
                _ => null,
            }
            : null;
        if (type is not { } known) throw Unexpected();
        Advance();
        return known;
    }

    private VariableDefinition ParseVariableDefinition()
    {
        var start = token.Start;
        var description = ParseDescription();
        Expect(TokenKind.Dollar);
        var name = ExpectName();
        Expect(TokenKind.Colon);
        var type = ParseTypeReference();
        var defaultValue = Skip(TokenKind.Equal) ? ParseValueLiteral(constant: true) : null;
        return new VariableDefinition(start, description, name, type, defaultValue, ParseDirectives(constant: true));
    }

    private SelectionSet ParseSelectionSet()
    {
        Enter();
        var start = Expect(TokenKind.BraceLeft).Start;
        var selections = new List<Selection>();
        do selections.Add(ParseSelection()); while (!Skip(TokenKind.BraceRight));
        Leave();
        return new SelectionSet(start, selections);
    }

    private Selection ParseSelection()
    {
        var start = token.Start;
        if (!Skip(TokenKind.Spread)) return ParseField();
        if (token.Kind == TokenKind.Name && token.Value != "on")
            return new FragmentSpread(start, ExpectName(), ParseDirectives(constant: false));
        var condition = SkipKeyword("on") ? ParseNamedType() : null;
        return new InlineFragment(start, condition, ParseDirectives(constant: false), ParseSelectionSet());
    }

    private Field ParseField()
    {
        var start = token.Start;
        var name = ExpectName();
        string? alias = null;
        if (Skip(TokenKind.Colon))
        {
            alias = name;
            name = ExpectName();
        }
        var arguments = ParseArguments(constant: false);
        var directives = ParseDirectives(constant: false);
        return new Field(
            start, alias, name, arguments, directives, token.Kind == TokenKind.BraceLeft ? ParseSelectionSet() : null);
    }

    private FragmentDefinition ParseFragmentDefinition(int start, string? description)
    {
        ExpectKeyword("fragment");
        if (token.IsKeyword("on")) throw Unexpected();
        var name = ExpectName();
        ExpectKeyword("on");
        return new FragmentDefinition(
            start, description, name, ParseNamedType(), ParseDirectives(constant: false), ParseSelectionSet());
    }

    private IReadOnlyList<Argument> ParseArguments(bool constant) => constant
        ? OptionalMany(TokenKind.ParenLeft, static p => p.ParseArgument(true), TokenKind.ParenRight)
        : OptionalMany(TokenKind.ParenLeft, static p => p.ParseArgument(false), TokenKind.ParenRight);

    private Argument ParseArgument(bool constant)
    {
        var start = token.Start;
        var name = ExpectName();
        Expect(TokenKind.Colon);
        return new Argument(start, name, ParseValueLiteral(constant));
    }

    private IReadOnlyList<Directive> ParseDirectives(bool constant)
    {
        if (token.Kind != TokenKind.At) return [];
        var directives = new List<Directive>();
        while (token.Kind == TokenKind.At)
        {
            var start = token.Start;
            Advance();
            directives.Add(new Directive(start, ExpectName(), ParseArguments(constant)));
        }
        return directives;
    }
}
