namespace Tributary.GraphQL.Language;

/// <summary>
/// Parses documents, values and types (spec sections 2 and 3) by recursive descent, with a depth counter at
/// each recursion. This part holds the tokens and the document; the other parts hold executable
/// definitions, values, and the type system.
/// </summary>
public sealed partial class Parser
{
    private readonly Source source;
    private readonly ParserOptions options;
    private Lexer lexer;
    private Token token;
    private int tokenCount;
    private int depth;

    private Parser(string text, ParserOptions options)
    {
        source = new Source(text);
        this.options = options;
        lexer = new Lexer(source);
        Advance();
    }

    /// <summary>Parses a whole document.</summary>
    /// <exception cref="GraphQLSyntaxException">The text is no document, or exceeds a limit.</exception>
    public static Document Parse(string text, ParserOptions? options = null)
    {
        var parser = new Parser(text, options ?? ParserOptions.Default);
        var definitions = new List<Definition>();
        do definitions.Add(parser.ParseDefinition()); while (parser.token.Kind != TokenKind.EndOfFile);
        return new Document(parser.source, definitions, parser.tokenCount);
    }

    /// <summary>Parses one value; with <paramref name="constant"/> variables are an error.</summary>
    public static ValueNode ParseValue(string text, bool constant = false)
    {
        var parser = new Parser(text, ParserOptions.Default);
        var value = parser.ParseValueLiteral(constant);
        parser.Expect(TokenKind.EndOfFile);
        return value;
    }

    /// <summary>Parses one type reference, such as <c>[Int!]!</c>.</summary>
    public static TypeNode ParseType(string text)
    {
        var parser = new Parser(text, ParserOptions.Default);
        var type = parser.ParseTypeReference();
        parser.Expect(TokenKind.EndOfFile);
        return type;
    }

    private Definition ParseDefinition()
    {
        if (token.Kind == TokenKind.BraceLeft) return ParseShorthandQuery();
        var start = token.Start;
        var described = token.Kind is TokenKind.String or TokenKind.BlockString;
        var description = ParseDescription();
        if (token.Kind != TokenKind.Name) throw Unexpected();
        switch (token.Value)
        {
            case "query" or "mutation" or "subscription": return ParseOperation(start, description);
            case "fragment": return ParseFragmentDefinition(start, description);
            case "extend" when !described:
                Advance();
                return ParseTypeSystemDefinition(start, null, isExtension: true) ?? throw Unexpected();
        }
        return ParseTypeSystemDefinition(start, description, isExtension: false) ?? throw Unexpected();
    }

    private string? ParseDescription()
    {
        if (token.Kind is not (TokenKind.String or TokenKind.BlockString)) return null;
        var text = token.Value;
        Advance();
        return text;
    }

    private void Advance()
    {
        token = lexer.Next();
        if (token.Kind != TokenKind.EndOfFile && ++tokenCount > options.MaxTokenCount)
            throw new GraphQLSyntaxException(source, token.Start,
                $"The document has more than {options.MaxTokenCount} tokens, which is the limit.", ErrorCodes.Limit);
    }

    private void Enter()
    {
        if (++depth > options.MaxNestingDepth)
            throw new GraphQLSyntaxException(
                source,
                token.Start,
                $"The document nests deeper than {options.MaxNestingDepth} levels, which is the limit.",
                ErrorCodes.Limit);
    }

    private void Leave() => depth--;

    private Token Expect(TokenKind kind)
    {
        var found = token;
        if (found.Kind != kind)
            throw new GraphQLSyntaxException(source, found.Start, $"expected {Quote(kind)}, found {found}.");
        if (kind != TokenKind.EndOfFile) Advance();
        return found;
    }

    private static string Quote(TokenKind kind)
    {
        var text = Token.Punctuator(kind);
        return text.Length <= 3 ? $"\"{text}\"" : text;
    }

    private bool Skip(TokenKind kind)
    {
        if (token.Kind != kind) return false;
        Advance();
        return true;
    }

    private bool SkipKeyword(string word)
    {
        if (!token.IsKeyword(word)) return false;
        Advance();
        return true;
    }

    private void ExpectKeyword(string word)
    {
        if (!SkipKeyword(word))
            throw new GraphQLSyntaxException(source, token.Start, $"expected \"{word}\", found {token}.");
    }

    private string ExpectName() => Expect(TokenKind.Name).Value!;

    private GraphQLSyntaxException Unexpected() => new(source, token.Start, $"unexpected {token}.");

    /// <summary>One or more items between two punctuators; empty when the opening one is absent.</summary>
    private IReadOnlyList<T> OptionalMany<T>(TokenKind open, Func<Parser, T> item, TokenKind close)
    {
        if (!Skip(open)) return [];
        var items = new List<T>();
        do items.Add(item(this)); while (!Skip(close));
        return items;
    }
}
