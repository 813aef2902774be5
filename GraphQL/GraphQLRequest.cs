using System.Text.Json;

namespace Tributary.GraphQL;

/// <summary>One request, however it came. <c>Variables</c> is a JSON object, null or undefined.</summary>
public sealed record GraphQLRequest(string Query, string? OperationName = null, JsonElement Variables = default)
{
    /// <summary>
    /// What resolvers find in <c>ResolveContext.State</c>: services, the caller, whatever the host puts there.
    /// </summary>
    public object? State { get; init; }

    /// <summary>Refuses mutations and subscriptions, as for HTTP GET.</summary>
    public bool QueriesOnly { get; init; }
}
