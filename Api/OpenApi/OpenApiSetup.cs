using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Tributary.Api.Json;

namespace Tributary.Api.OpenApi;

/// <summary>Serves the OpenAPI document, which is generated from the routes, and the page that shows it.</summary>
internal static class OpenApiSetup
{
    private const string Introduction = "openapi/introduction.md";

    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        var introduction = OperationTexts.TextOf(Introduction);
        services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "Tributary", Version = "v1", Description = introduction };
                // Relative to the address that served the document.
                document.Servers = [new OpenApiServer { Url = "/" }];
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["key"] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http, Scheme = "bearer",
                        Description = "Needed when the server has API keys; X-Api-Key: KEY does as well.",
                    },
                };
                // The empty requirement stands for servers without keys.
                var key = new OpenApiSecuritySchemeReference("key", document);
                document.Security = [new OpenApiSecurityRequirement { [key] = [] }, []];
                foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []))
                    operation.Value.Responses = Sorted(operation.Value.Responses);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(RawJson))
                {
                    schema.Type = JsonSchemaType.Object;
                    schema.Description = "The JSON object as it was posted, byte for byte.";
                }

                return Task.CompletedTask;
            });
        });
    }

    private static OpenApiResponses Sorted(OpenApiResponses? responses)
    {
        var sorted = new OpenApiResponses();
        foreach (var (status, response) in (responses ?? []).OrderBy(one => one.Key, StringComparer.Ordinal))
            sorted.Add(status, response);
        return sorted;
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapSwaggerUI("docs", page =>
        {
            page.DocumentTitle = "Tributary API";
            page.SwaggerEndpoint("/openapi/v1.json", "Tributary v1");
        }).AllowAnonymous();
    }
}
