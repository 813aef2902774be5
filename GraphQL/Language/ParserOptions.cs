namespace Tributary.GraphQL.Language;

/// <summary>
/// What the parser refuses before it can cost much. Exceeding one is a <see cref="GraphQLSyntaxException"/> with code
/// LIMIT_EXCEEDED.
/// </summary>
public sealed record ParserOptions
{
    /// <summary>Tokens of one document, comments not counted.</summary>
    public int MaxTokenCount { get; init; } = int.MaxValue;

    /// <summary>
    /// How deep selection sets, values and type references may nest in the text, each counted by itself. The parser
    /// recurses, so this also keeps it inside its stack: leave it under 1,000.
    /// </summary>
    public int MaxNestingDepth { get; init; } = 200;

    public static ParserOptions Default { get; } = new();
}
