using Tributary.GraphQL.Language;

namespace Tributary.GraphQL;

/// <summary>One entry of <c>errors</c> in a response (spec section 7.1.2).</summary>
/// <param name="Message">States what was found and what is allowed, for the author of the document.</param>
/// <param name="Locations">Places in the document; empty when the error belongs to none.</param>
/// <param name="Path">Response keys (string) and list indices (int) from the root; null for request errors.</param>
/// <param name="Code">A stable code, written as <c>extensions.code</c>; not written when null.</param>
public sealed record GraphQLError(
    string Message,
    IReadOnlyList<SourceLocation>? Locations = null,
    IReadOnlyList<object>? Path = null,
    string? Code = null)
{
    /// <summary>Further members of <c>extensions</c>, as JSON values.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }
}

/// <summary>The stable codes of errors that the engine itself raises.</summary>
public static class ErrorCodes
{
    public const string Syntax = "GRAPHQL_PARSE_FAILED";
    public const string Validation = "GRAPHQL_VALIDATION_FAILED";
    public const string BadInput = "BAD_USER_INPUT";
    public const string Limit = "LIMIT_EXCEEDED";
    public const string Timeout = "EXECUTION_TIMEOUT";
    public const string Internal = "INTERNAL_ERROR";
    public const string BadRequest = "BAD_REQUEST";
    public const string PersistedNotFound = "PERSISTED_QUERY_NOT_FOUND";
    public const string PersistedOnly = "PERSISTED_QUERY_REQUIRED";
}

/// <summary>
/// Thrown by a resolver to tell the caller why a field failed. The message and code reach the response unchanged.
/// </summary>
public class GraphQLException(GraphQLError error) : Exception(error.Message)
{
    public GraphQLException(string message, string? code = null) : this(new GraphQLError(message, Code: code)) { }

    public GraphQLError Error { get; } = error;
}
