using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Tributary.Api.Messages;
using Tributary.Api.OpenApi;
using Tributary.Messages;

namespace Tributary.Api.Configured;

/// <summary>Maps the routes of the configuration, and shows them in the OpenAPI document with their schemas.</summary>
internal static class ConfiguredRoutes
{
    public static void Map(
        IEndpointRouteBuilder app, EndpointDefinition definition, ApiNode node, ApiOptions options, string[] bodyCodes,
        ParameterDoc key)
    {
        var time = app.ServiceProvider.GetRequiredService<TimeProvider>();
        RequestDelegate handler = new ConfiguredEndpoint(definition, node, options, time).InvokeAsync;
        string[] codes =
        [
            .. bodyCodes, "body_schema_violation", "query_schema_violation", "schema_limit_exceeded", "item_missing",
            "external_id_missing",
        ];
        app.MapMethods(definition.Path, [definition.Method], handler)
            .Describe(
                handler,
                NameOf(definition),
                "configured",
                definition.Description ?? $"Accept a message of {definition.Source}",
                $"A route of the configuration: messages of the source {definition.Source}.",
                [key, .. QueryDocs(definition)],
                codes)
            .Takes(
                definition.Body is { } body ? SchemaOf(body) : new OpenApiSchema { Type = JsonSchemaType.Object },
                [MediaTypes.Json], $"One JSON object of at most {options.MaxBodyBytes} bytes.")
            .Answers<Accepted>(202);
    }

    /// <summary>No two paths have one name: a path has no % of its own.</summary>
    private static string NameOf(EndpointDefinition definition) =>
        definition.Method.ToLowerInvariant()
        + definition.Path.Replace("_", "%5F", StringComparison.Ordinal).Replace('/', '_');

    private static IEnumerable<ParameterDoc> QueryDocs(EndpointDefinition definition) =>
        definition.Query is not { } schema
            ? []
            : schema.Properties.Select(property => new ParameterDoc(
                property.Key, property.Value.Description ?? "See the configuration.", JsonSchemaType.String,
                schema.Requires(property.Key)));

    private static IOpenApiSchema SchemaOf(SchemaCheck schema)
    {
        return new OpenApiJsonReader().ReadFragment<OpenApiSchema>(
            JsonNode.Parse(schema.Json)!,
            OpenApiSpecVersion.OpenApi3_1,
            new OpenApiDocument(),
            out _
        ) ?? (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.Object };
    }
}
