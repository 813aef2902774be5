using System.Text.Json;

namespace Tributary.GraphQL;

/// <summary>One request over any transport. <c>Variables</c> is a JSON object, null or undefined.</summary>
public sealed record GraphQLRequest(string Query, string? OperationName = null, JsonElement Variables = default)
{
    /// <summary>
    /// The host's own object for resolvers, as <c>ResolveContext.State</c>: services, the caller and so on.
    /// </summary>
    public object? State { get; init; }

    /// <summary>Refuses mutations and subscriptions, as for HTTP GET.</summary>
    public bool QueriesOnly { get; init; }
}
