namespace Tributary.GraphQL;

/// <summary>
/// The limits of the engine. Each one says what happens when it is reached; none ends the process or the connection
/// unless it says so.
/// </summary>
public sealed record GraphQLOptions
{
    /// <summary>UTF-8 bytes of a document. Over it: refused before it is read, code LIMIT_EXCEEDED.</summary>
    public int MaxDocumentBytes { get; init; } = 256 * 1024;

    /// <summary>Tokens of a document. Over it: refused by the parser, LIMIT_EXCEEDED.</summary>
    public int MaxTokenCount { get; init; } = 20_000;

    /// <summary>
    /// Nesting of the text in selections, values and types. Over it: refused by the parser, LIMIT_EXCEEDED.
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
    /// What an operation may cost: one per field, times the sizes of the lists around it, with the actual values of
    /// variables. Over it: refused, LIMIT_EXCEEDED.
    /// </summary>
    public long MaxCost { get; init; } = 100_000;

    /// <summary>
    /// The assumed size of a list whose field has none of the <see cref="ListSizeArguments"/>, in items.
    /// </summary>
    public int AssumedListSize { get; init; } = 10;

    /// <summary>Integer arguments that say how many items a list, or the connection around it, will have.</summary>
    public IReadOnlyList<string> ListSizeArguments { get; init; } = ["first", "last", "limit"];

    /// <summary>
    /// How long an operation may take. Over it: no data, code EXECUTION_TIMEOUT; its resolvers' tokens are cancelled.
    /// </summary>
    public TimeSpan ExecutionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Errors of one response. Over it: further fields are null without an entry.</summary>
    public int MaxErrorCount { get; init; } = 50;

    /// <summary>Keys of one call of a batch loader. Over it: further calls.</summary>
    public int MaxBatchKeys { get; init; } = 1_000;

    /// <summary>Validated documents that are kept for reuse. Over it: the one unused for longest is dropped.</summary>
    public int MaxCachedDocumentCount { get; init; } = 1_000;

    /// <summary>
    /// Operations that may run or subscribe at once over one WebSocket. Over it: that subscribe is answered with an
    /// error, LIMIT_EXCEEDED.
    /// </summary>
    public int MaxSubscriptionsPerConnection { get; init; } = 100;

    /// <summary>Bytes of an HTTP body or a WebSocket message. Over it: 413, or close code 1009.</summary>
    public int MaxRequestBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Told of exceptions of resolvers that are no <see cref="GraphQLException"/>; the caller sees only that something
    /// failed.
    /// </summary>
    public Action<Exception>? OnResolverFailure { get; init; }

    /// <summary>The clock of timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
