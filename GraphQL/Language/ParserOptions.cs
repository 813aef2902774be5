namespace Tributary.GraphQL.Language;

/// <summary>
/// The limits of the parser, which bound the cost of a hostile text. Exceeding one is a
/// <see cref="GraphQLSyntaxException"/> with code LIMIT_EXCEEDED.
/// </summary>
public sealed record ParserOptions
{
    /// <summary>Tokens of one document, without comments.</summary>
    public int MaxTokenCount { get; init; } = int.MaxValue;

    /// <summary>
    /// Nesting of selection sets, values and type references in the text, each counted separately. The parser recurses,
    /// so this also bounds its stack: keep it under 1,000.
    /// </summary>
    public int MaxNestingDepth { get; init; } = 200;

    public static ParserOptions Default { get; } = new();
}
