namespace Tributary.GraphQL;

/// <summary>
/// The limits of the engine. Each limit says what happens when it is exceeded; the process and the
/// connection go on unless it says otherwise.
/// </summary>
public sealed record GraphQLOptions
{
    /// <summary>Bytes of a document in UTF-8. Over it: refused before parsing, code LIMIT_EXCEEDED.</summary>
    public int MaxDocumentBytes { get; init; } = 256 * 1024;

    /// <summary>Tokens of a document. Over it: refused by the parser, LIMIT_EXCEEDED.</summary>
    public int MaxTokenCount { get; init; } = 20_000;

    /// <summary>
    /// Nesting of selections, values and types in the text. Over it: refused by the parser, LIMIT_EXCEEDED.
    /// </summary>
    public int MaxNestingDepth { get; init; } = 200;

    /// <summary>
    /// Nesting of fields with fragments expanded. Over it: refused, LIMIT_EXCEEDED. Introspection is exempt.
    /// </summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Aliases in an operation with fragments expanded. Over it: refused, LIMIT_EXCEEDED.</summary>
    public int MaxAliasCount { get; init; } = 200;

    /// <summary>Directives in an operation with fragments expanded. Over it: refused, LIMIT_EXCEEDED.</summary>
    public int MaxDirectiveCount { get; init; } = 200;

    /// <summary>
    /// The cost of an operation: one per field, times the sizes of the lists around it, with the actual values of
    /// variables. Over it: refused, LIMIT_EXCEEDED.
    /// </summary>
    public long MaxCost { get; init; } = 100_000;

    /// <summary>
    /// The assumed number of items of a list whose field has none of the <see cref="ListSizeArguments"/>.
    /// </summary>
    public int AssumedListSize { get; init; } = 10;

    /// <summary>Integer arguments that give the number of items of a list, or of a list in the connection.</summary>
    public IReadOnlyList<string> ListSizeArguments { get; init; } = ["first", "last", "limit"];

    /// <summary>
    /// The time of an operation. Over it: no data, code EXECUTION_TIMEOUT; the tokens of its resolvers are cancelled.
    /// </summary>
    public TimeSpan ExecutionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Errors of one response. Over it: further fields are null without an entry.</summary>
    public int MaxErrorCount { get; init; } = 50;

    /// <summary>Keys per call of a batch loader. Over it: further calls.</summary>
    public int MaxBatchKeys { get; init; } = 1_000;

    /// <summary>Validated documents kept for reuse. Over it: the least recently used one is dropped.</summary>
    public int MaxCachedDocumentCount { get; init; } = 1_000;

    /// <summary>
    /// Operations that may run or subscribe at once over one WebSocket. Over it: the further
    /// operation gets an error, LIMIT_EXCEEDED.
    /// </summary>
    public int MaxSubscriptionsPerConnection { get; init; } = 100;

    /// <summary>Bytes of an HTTP body or a WebSocket message. Over it: 413, or close code 1009.</summary>
    public int MaxRequestBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Called with each exception of a resolver that is no <see cref="GraphQLException"/>; the caller
    /// learns only that the field failed.
    /// </summary>
    public Action<Exception>? OnResolverFailure { get; init; }

    /// <summary>The clock of timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
