using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Tributary.Api.Errors;
using Tributary.Api.Http;
using Tributary.Messages;

namespace Tributary.Api.OpenApi;

/// <summary>A route that the OpenAPI document lists: its text, its body, its answers and its errors.</summary>
internal sealed class OperationRoute
{
    private readonly IEndpointConventionBuilder route;
    private readonly OperationText text;
    private readonly List<string> codes;
    private readonly HashSet<int> statuses = [];
    private bool takesBody;
    private bool answersBody;

    public OperationRoute(
        IEndpointConventionBuilder route, RequestDelegate handler, OperationText text, IReadOnlyList<string> codes)
    {
        this.route = route;
        this.text = text;
        this.codes = [.. codes];
        route
            // The document lists only routes that carry the method of their handler.
            .WithMetadata(handler.Method)
            .WithName(text.Id)
            .WithTags(text.Tag)
            .WithSummary(text.Summary)
            .WithDescription(text.Description);
        AddErrors([.. codes, "overloaded", ErrorCodes.Internal]);
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. text.Parameters.Select(Parameter)];
            return Task.CompletedTask;
        });
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (status, response) in operation.Responses ?? [])
            {
                var possible = this.codes
                    .Where(code => ErrorCodes.Of(code).Status.ToString() == status).Distinct().ToList();
                if (possible.Count > 0)
                    response.Description = $"{response.Description}: {string.Join(", ", possible)}";
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Errors of this route, besides those that all routes of its group can answer.</summary>
    public OperationRoute Fails(params string[] more)
    {
        codes.InsertRange(0, more);
        AddErrors(more);
        return this;
    }

    /// <summary>The body of a successful answer.</summary>
    public OperationRoute Answers<T>(int status = 200, string mediaType = MediaTypes.Json)
    {
        answersBody = true;
        route
            .WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), [mediaType]))
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                if (text.AnswerExample is { } example && ContentOf(operation, status, mediaType) is { } content)
                    content.Example = ExampleOf(example, mediaType);
                return Task.CompletedTask;
            });
        return this;
    }

    /// <summary>Another body of a successful answer, which the parameters ask for.</summary>
    public OperationRoute OrAnswers<T>(int status = 200)
    {
        route.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            if (ContentOf(operation, status, MediaTypes.Json) is { Schema: { } first } content)
            {
                var other = await context.GetOrCreateSchemaAsync(typeof(T), cancellationToken: cancellation);
                content.Schema = new OpenApiSchema { AnyOf = [.. first.AnyOf ?? [first], other] };
            }
        });
        return this;
    }

    /// <summary>The request's body.</summary>
    public OperationRoute Takes(IOpenApiSchema schema, params IReadOnlyList<string> mediaTypes)
    {
        var description = text.Request
            ?? throw new FormatException($"No text describes the request body of the operation {text.Id}.");
        takesBody = true;
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = mediaTypes.ToDictionary(type => type, type => new OpenApiMediaType
                {
                    Schema = schema,
                    Example = text.RequestExample is { } example ? ExampleOf(example, type) : null,
                }),
            };
            return Task.CompletedTask;
        });
        return this;
    }

    /// <exception cref="FormatException">
    /// The text describes a body, or an example, that the route does not have.
    /// </exception>
    public void Check()
    {
        if (text.Request is not null && !takesBody)
            throw new FormatException($"The text of the operation {text.Id} has a request body; the route has none.");
        if (text.AnswerExample is not null && !answersBody)
            throw new FormatException($"The text of the operation {text.Id} has an answer; the route has none.");
    }

    private void AddErrors(IEnumerable<string> more)
    {
        foreach (var status in more.Select(static code => ErrorCodes.Of(code).Status).Order())
        {
            if (statuses.Add(status))
                route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.MediaType]));
        }
    }

    private static OpenApiMediaType? ContentOf(OpenApiOperation operation, int status, string mediaType) =>
        operation.Responses?[status.ToString()].Content?.TryGetValue(mediaType, out var content) == true
            ? content as OpenApiMediaType
            : null;

    private static JsonNode? ExampleOf(string example, string mediaType) =>
        mediaType == MediaTypes.Json ? JsonNode.Parse(example) : JsonValue.Create(example);

    private static OpenApiParameter Parameter(ParameterText parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.In,
        Required = parameter.IsRequired,
        Description = parameter.Description,
        Schema = new OpenApiSchema { Type = parameter.Type },
        Example = parameter.Example is null ? null : JsonValue.Create(parameter.Example),
    };
}
