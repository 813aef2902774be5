using Microsoft.OpenApi;

namespace Tributary.Api.OpenApi;

/// <summary>An operation in the words of the OpenAPI document.</summary>
internal sealed record OperationText
{
    /// <summary>The operation id, such as <c>postMessage</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The group that the document lists the operation in.</summary>
    public required string Tag { get; init; }

    public required string Summary { get; init; }

    public required string Description { get; init; }

    /// <summary>In the order of the document.</summary>
    public IReadOnlyList<ParameterText> Parameters { get; init; } = [];

    /// <summary>Describes the request's body; null for an operation without one.</summary>
    public string? Request { get; init; }

    public string? RequestExample { get; init; }

    public string? AnswerExample { get; init; }
}

/// <summary>A parameter in the words of the OpenAPI document.</summary>
internal sealed record ParameterText(
    string Name, ParameterLocation In, JsonSchemaType Type, string Description, bool IsRequired = false,
    string? Example = null);
