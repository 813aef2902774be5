namespace Tributary.GraphQL.Language;

/// <summary>
/// A place in a document, in the form of the response (spec section 7.1.2). Lines and columns start at
/// 1; columns count UTF-16 code units.
/// </summary>
public readonly record struct SourceLocation(int Line, int Column);

/// <summary>The text of a document. LF, CR and CR LF end a line; nothing else does (spec section 2.1.2).</summary>
public sealed class Source(string body)
{
    public string Body { get; } = body;

    /// <summary>The line and column of the UTF-16 offset <paramref name="position"/>.</summary>
    public SourceLocation LocationOf(int position)
    {
        var line = 1;
        var lineStart = 0;
        var end = Math.Min(position, Body.Length);
        for (var i = 0; i < end; i++)
        {
            var c = Body[i];
            if (c != '\n' && c != '\r') continue;
            if (c == '\r' && i + 1 < Body.Length && Body[i + 1] == '\n')
            {
                if (i + 1 >= end) break;
                i++;
            }
            line++;
            lineStart = i + 1;
        }
        return new SourceLocation(line, position - lineStart + 1);
    }
}
