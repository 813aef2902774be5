using System.Globalization;
using System.Text;

namespace Tributary.GraphQL.Language;

/// <summary>
/// Splits a document into tokens (spec section 2.1). Skips commas, byte order marks, white space and comments. Works on
/// UTF-16 text; a lone surrogate is an error anywhere, also in comments.
/// </summary>
internal struct Lexer(Source source)
{
    private readonly Source source = source;
    private readonly string body = source.Body;
    private int position;

    public Token Next()
    {
        SkipIgnored();
        if (position >= body.Length) return new Token(TokenKind.EndOfFile, body.Length, body.Length, null);
        var c = body[position];
        switch (c)
        {
            case '!': return Punctuator(TokenKind.Bang);
            case '$': return Punctuator(TokenKind.Dollar);
            case '&': return Punctuator(TokenKind.Ampersand);
            case '(': return Punctuator(TokenKind.ParenLeft);
            case ')': return Punctuator(TokenKind.ParenRight);
            case ':': return Punctuator(TokenKind.Colon);
            case '=': return Punctuator(TokenKind.Equal);
            case '@': return Punctuator(TokenKind.At);
            case '[': return Punctuator(TokenKind.BracketLeft);
            case ']': return Punctuator(TokenKind.BracketRight);
            case '{': return Punctuator(TokenKind.BraceLeft);
            case '|': return Punctuator(TokenKind.Pipe);
            case '}': return Punctuator(TokenKind.BraceRight);
            case '.':
                if (string.CompareOrdinal(body, position, "...", 0, 3) == 0)
                {
                    position += 3;
                    return new Token(TokenKind.Spread, position - 3, position, null);
                }
                throw Error(position,
                    "a single \".\" is not allowed here: fragments are spread with \"...\", and numbers start with a "
                    + "digit.");
            case '"':
                return string.CompareOrdinal(body, position, "\"\"\"", 0, 3) == 0 ? ReadBlockString() : ReadString();
        }
        if (IsNameStart(c)) return ReadName();
        if (char.IsAsciiDigit(c) || c == '-') return ReadNumber();
        throw Error(position, c == '\''
            ? "unexpected single quote: strings are written with double quotes."
            : $"unexpected character {Describe(position)}.");
    }

    public readonly GraphQLSyntaxException Error(int at, string message) => new(source, at, message);

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private Token Punctuator(TokenKind kind) => new(kind, position, ++position, null);

    private void SkipIgnored()
    {
        while (position < body.Length)
        {
            switch (body[position])
            {
                case ' ' or '\t' or '\n' or '\r' or ',' or '\uFEFF':
                    position++;
                    break;
                case '#':
                    while (position < body.Length && body[position] is not ('\n' or '\r'))
                        position += CharacterLength(position);
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>1 or 2 code units; throws for a lone surrogate.</summary>
    private readonly int CharacterLength(int at)
    {
        var c = body[at];
        if (!char.IsSurrogate(c)) return 1;
        if (char.IsHighSurrogate(c) && at + 1 < body.Length && char.IsLowSurrogate(body[at + 1])) return 2;
        throw Error(at, $"invalid character {Describe(at)}.");
    }

    private Token ReadName()
    {
        var start = position++;
        while (position < body.Length && (IsNameStart(body[position]) || char.IsAsciiDigit(body[position]))) position++;
        return new Token(TokenKind.Name, start, position, NameTable.Get(body.AsSpan(start, position - start)));
    }

    private Token ReadNumber()
    {
        var start = position;
        var isFloat = false;
        if (body[position] == '-') position++;
        if (Peek() == '0')
        {
            position++;
            if (char.IsAsciiDigit(Peek()))
                throw Error(position, $"invalid number, unexpected digit after 0: {Describe(position)}.");
        }
        else
        {
            ReadDigits();
        }
        if (Peek() == '.')
        {
            isFloat = true;
            position++;
            ReadDigits();
        }
        if (Peek() is 'e' or 'E')
        {
            isFloat = true;
            position++;
            if (Peek() is '+' or '-') position++;
            ReadDigits();
        }
        // Neither "." nor the start of a name may follow a number (spec section 2.9.1).
        if (position < body.Length && (body[position] == '.' || IsNameStart(body[position])))
            throw Error(position, $"invalid number, expected a digit but got: {Describe(position)}.");
        return new Token(isFloat ? TokenKind.Float : TokenKind.Int, start, position, body[start..position]);
    }

    private readonly char Peek() => position < body.Length ? body[position] : '\0';

    private void ReadDigits()
    {
        if (!char.IsAsciiDigit(Peek()))
            throw Error(position, $"invalid number, expected a digit but got: {Describe(position)}.");
        while (char.IsAsciiDigit(Peek()))
            position++;
    }

    private Token ReadString()
    {
        var start = position++;
        var chunkStart = position;
        StringBuilder? decoded = null;
        while (position < body.Length && body[position] is not ('\n' or '\r'))
        {
            switch (body[position])
            {
                case '"':
                    var value = decoded is null
                        ? body[chunkStart..position]
                        : decoded.Append(body, chunkStart, position - chunkStart).ToString();
                    position++;
                    return new Token(TokenKind.String, start, position, value);
                case '\\':
                    decoded ??= new StringBuilder();
                    decoded.Append(body, chunkStart, position - chunkStart);
                    ReadEscape(decoded);
                    chunkStart = position;
                    break;
                default:
                    position += CharacterLength(position);
                    break;
            }
        }
        throw Error(position, "unterminated string.");
    }

    private void ReadEscape(StringBuilder decoded)
    {
        var at = position;
        var c = at + 1 < body.Length ? body[at + 1] : '\0';
        var simple = c switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        position += 2;
        if (simple != '\0')
        {
            decoded.Append(simple);
        }
        else if (c == 'u')
        {
            ReadUnicodeEscape(at, decoded);
        }
        else
        {
            throw Error(at, $"invalid escape \"\\{(c == '\0' ? "" : c)}\" in a string.");
        }
    }

    /// <summary><c>\uXXXX</c>, a surrogate pair of them, or <c>\u{X…}</c> (spec section 2.9.4).</summary>
    private void ReadUnicodeEscape(int at, StringBuilder decoded)
    {
        if (Peek() == '{')
        {
            var close = body.IndexOf('}', position, Math.Min(body.Length - position, 64));
            var digits = close < 0 ? default : body.AsSpan(position + 1, close - position - 1);
            if (digits.IsEmpty || !IsHex(digits) || !TryParseHex(digits, out var code) || !Rune.IsValid(code))
                throw Error(
                    at, "invalid Unicode escape: \\u{…} takes the hexadecimal digits of a Unicode scalar value.");
            position = close + 1;
            decoded.Append(new Rune(code).ToString());
            return;
        }
        var unit = ReadFourHex(at);
        if (!char.IsSurrogate(unit))
        {
            decoded.Append(unit);
            return;
        }
        if (char.IsHighSurrogate(unit) && string.CompareOrdinal(body, position, "\\u", 0, 2) == 0)
        {
            position += 2;
            var low = Peek() == '{' ? '\0' : ReadFourHex(at);
            if (char.IsLowSurrogate(low))
            {
                decoded.Append(unit).Append(low);
                return;
            }
        }
        throw Error(at, "invalid Unicode escape: a surrogate without its partner.");
    }

    private char ReadFourHex(int at)
    {
        if (position + 4 > body.Length || !IsHex(body.AsSpan(position, 4)))
            throw Error(at, "invalid Unicode escape: \\u takes four hexadecimal digits.");
        position += 4;
        return (char)int.Parse(body.AsSpan(position - 4, 4), NumberStyles.AllowHexSpecifier);
    }

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var c in digits)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> digits, out int code)
    {
        digits = digits.TrimStart('0');
        code = 0;
        if (digits.Length > 6) return false;
        return digits.IsEmpty || int.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out code);
    }

    private Token ReadBlockString()
    {
        var start = position;
        position += 3;
        var raw = new StringBuilder();
        var chunkStart = position;
        while (position < body.Length)
        {
            var c = body[position];
            if (c == '"' && string.CompareOrdinal(body, position, "\"\"\"", 0, 3) == 0)
            {
                raw.Append(body, chunkStart, position - chunkStart);
                position += 3;
                return new Token(TokenKind.BlockString, start, position, BlockString.Dedent(raw.ToString()));
            }
            if (c == '\\' && string.CompareOrdinal(body, position, "\\\"\"\"", 0, 4) == 0)
            {
                raw.Append(body, chunkStart, position - chunkStart).Append("\"\"\"");
                position += 4;
                chunkStart = position;
                continue;
            }
            position += CharacterLength(position);
        }
        throw Error(position, "unterminated block string.");
    }

    private readonly string Describe(int at)
    {
        if (at >= body.Length) return "end of document";
        var c = body[at];
        return c is > ' ' and < '\x7f' ? $"\"{c}\"" : $"U+{(int)c:X4}";
    }
}
