namespace Tributary.GraphQL.Language;

/// <summary>The lexical tokens of the specification (section 2.1.6).</summary>
public enum TokenKind : byte
{
    StartOfFile, EndOfFile,
    Bang, Dollar, Ampersand, ParenLeft, ParenRight, Spread, Colon, Equal, At,
    BracketLeft, BracketRight, BraceLeft, Pipe, BraceRight,
    Name, Int, Float, String, BlockString,
}

/// <summary>One token. <c>Value</c> is the name, the digits or the decoded string, and null for punctuators.</summary>
public readonly record struct Token(TokenKind Kind, int Start, int End, string? Value)
{
    public bool IsKeyword(string word) => Kind == TokenKind.Name && Value == word;

    /// <summary>The token as errors show it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.StartOfFile => "start of document",
        TokenKind.EndOfFile => "end of document",
        TokenKind.Name => $"name \"{Value}\"",
        TokenKind.Int or TokenKind.Float => $"number {Value}",
        TokenKind.String or TokenKind.BlockString => "string",
        _ => $"\"{Punctuator(Kind)}\"",
    };

    public static string Punctuator(TokenKind kind) => kind switch
    {
        TokenKind.Bang => "!",
        TokenKind.Dollar => "$",
        TokenKind.Ampersand => "&",
        TokenKind.ParenLeft => "(",
        TokenKind.ParenRight => ")",
        TokenKind.Spread => "...",
        TokenKind.Colon => ":",
        TokenKind.Equal => "=",
        TokenKind.At => "@",
        TokenKind.BracketLeft => "[",
        TokenKind.BracketRight => "]",
        TokenKind.BraceLeft => "{",
        TokenKind.Pipe => "|",
        TokenKind.BraceRight => "}",
        TokenKind.Name => "a name",
        TokenKind.Int => "an integer",
        TokenKind.Float => "a float",
        TokenKind.String or TokenKind.BlockString => "a string",
        TokenKind.EndOfFile => "end of document",
        _ => kind.ToString(),
    };
}
