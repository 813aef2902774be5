using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Tributary.Api.Http;
using Tributary.Api.Messages;
using Tributary.Api.OpenApi;
using Tributary.Messages;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>Maps the routes of the configuration, and shows them in the OpenAPI document with their schemas.</summary>
internal static class ConfiguredRoutes
{
    /// <param name="routes">Maps the route among the others of the API.</param>
    /// <param name="post">
    /// Describes the route for messages of any source; its key and its body are the same here.
    /// </param>
    /// <param name="codes">The codes of errors that a body can cause at any route.</param>
    public static void Map(
        OperationRoutes routes, EndpointDefinition definition, ConfiguredEndpoint endpoint, OperationText post,
        params string[] codes)
    {
        var key = post.Parameters.Single(static one => one.Name == PostMessage.KeyHeader);
        var text = new OperationText
        {
            Id = NameOf(definition),
            Tag = "configured",
            Summary = definition.Description ?? $"Accept a message of {definition.Source}",
            Description = $"A route of the configuration: messages of the source {definition.Source}.",
            Parameters = [key, .. QueryParameters(definition)],
            Request = post.Request,
        };
        var schema = definition.Body is { } body ? SchemaOf(body) : new OpenApiSchema { Type = JsonSchemaType.Object };
        routes.Map(definition.Method, definition.Path, endpoint.InvokeAsync, text)
            .Fails(
            [
                .. codes, "body_schema_violation", "query_schema_violation", "schema_limit_exceeded", "item_missing",
                "external_id_missing",
            ])
            .Takes(schema, MediaTypes.Json)
            .Answers<Accepted>(202);
    }

    /// <summary>The operation id. No two paths share one, because a path holds no % of its own.</summary>
    private static string NameOf(EndpointDefinition definition) =>
        definition.Method.ToLowerInvariant()
        + definition.Path.Replace("_", "%5F", StringComparison.Ordinal).Replace('/', '_');

    private static IEnumerable<ParameterText> QueryParameters(EndpointDefinition definition) =>
        definition.Query is not { } schema
            ? []
            : schema.Properties.Select(property => new ParameterText(
                property.Key, ParameterLocation.Query, JsonSchemaType.String,
                property.Value.Description ?? "See the configuration.", schema.Requires(property.Key)));

    private static IOpenApiSchema SchemaOf(SchemaCheck schema)
    {
        var reader = new OpenApiJsonReader();
        return reader.ReadFragment<OpenApiSchema>(
            JsonNode.Parse(schema.Json)!, OpenApiSpecVersion.OpenApi3_1, new OpenApiDocument(), out _)
            ?? (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.Object };
    }
}
