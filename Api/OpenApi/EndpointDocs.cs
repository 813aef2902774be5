using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Tributary.Api.Errors;
using Tributary.Messages;

namespace Tributary.Api.OpenApi;

/// <summary>A parameter as the OpenAPI document shows it.</summary>
internal sealed record ParameterDoc(
    string Name, string Description, JsonSchemaType Type, bool IsRequired = false, string? Example = null,
    string In = "query");

/// <summary>Says beside a route what the OpenAPI document says of it.</summary>
internal static class EndpointDocs
{
    /// <param name="handler">The handler: the document lists routes by their methods.</param>
    /// <param name="codes">The codes of errors that this route can answer, besides those of every route.</param>
    public static IEndpointConventionBuilder Describe(
        this IEndpointConventionBuilder route,
        RequestDelegate handler,
        string name,
        string tag,
        string summary,
        string description,
        IReadOnlyList<ParameterDoc>? parameters = null,
        params string[] codes)
    {
        // Health is everybody's; all else that is described is the callers'.
        if (tag != "health")
            codes = [.. codes, "unauthorized", "origin_not_allowed"];
        route
            .WithMetadata(handler.Method)
            .WithName(name)
            .WithTags(tag)
            .WithSummary(summary)
            .WithDescription(description);
        foreach (var status in codes
                .Append("overloaded")
                .Append(ErrorCodes.Internal)
                .Select(code => ErrorCodes.Of(code).Status)
                .Distinct()
                .Order())
            route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.MediaType]));
        return route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. (parameters ?? []).Select(Parameter)];
            foreach (var (status, response) in operation.Responses ?? [])
            {
                var possible = codes.Where(code => ErrorCodes.Of(code).Status.ToString() == status).Distinct().ToList();
                if (possible.Count > 0)
                    response.Description = $"{response.Description}: {string.Join(", ", possible)}";
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>What a successful answer holds.</summary>
    public static IEndpointConventionBuilder Answers<T>(
        this IEndpointConventionBuilder route, int status, string mediaType = MediaTypes.Json,
        string? example = null) =>
        route
            .WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), [mediaType]))
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    if (example is not null
                        && operation.Responses?[status.ToString()].Content?.TryGetValue(mediaType, out var content)
                            == true
                        && content is OpenApiMediaType media)
                        media.Example =
                            mediaType == MediaTypes.Json ? JsonNode.Parse(example) : JsonValue.Create(example);
                    return Task.CompletedTask;
                });

    /// <summary>What else a successful answer may be, depending on the parameters.</summary>
    public static IEndpointConventionBuilder OrAnswers<T>(this IEndpointConventionBuilder route, int status) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            if (operation.Responses?[status.ToString()].Content?.TryGetValue(
                MediaTypes.Json, out var content) == true && content is OpenApiMediaType { Schema: { } first } media)
            {
                var other = await context.GetOrCreateSchemaAsync(typeof(T), cancellationToken: cancellation);
                media.Schema = new OpenApiSchema { AnyOf = [.. first.AnyOf ?? [first], other] };
            }
        });

    /// <summary>What a request's body holds.</summary>
    public static IEndpointConventionBuilder Takes(
        this IEndpointConventionBuilder route, IOpenApiSchema schema, IReadOnlyList<string> mediaTypes, string description, string? example = null) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var isJson = mediaTypes[0] == MediaTypes.Json;
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = mediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType
                {
                    Schema = schema,
                    Example = example is null ? null : isJson ? JsonNode.Parse(example) : JsonValue.Create(example),
                }),
            };
            return Task.CompletedTask;
        });

    private static OpenApiParameter Parameter(ParameterDoc doc) => new()
    {
        Name = doc.Name,
        In = doc.In switch { "header" => ParameterLocation.Header, "path" => ParameterLocation.Path, _ => ParameterLocation.Query },
        // Paths cannot leave one out.
        Required = doc.IsRequired || doc.In == "path",
        Description = doc.Description,
        Schema = new OpenApiSchema { Type = doc.Type },
        Example = doc.Example is null ? null : JsonValue.Create(doc.Example),
    };
}
