using Tributary.Pipeline.Definitions;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>An ingestion route of the configuration. Its messages have one source.</summary>
public sealed class EndpointDefinition
{
    /// <summary>The path, such as <c>/sensors/readings</c>; fixed text without parameters.</summary>
    public required string Path { get; init; }

    /// <summary>POST or PUT.</summary>
    public required string Method { get; init; }

    public required string Source { get; init; }

    /// <summary>The route's purpose, for the OpenAPI document.</summary>
    public string? Description { get; init; }

    /// <summary>The place of the item's id in the body; null: each message is an item of its own.</summary>
    public JsonPointer? Item { get; init; }

    /// <summary>The place of the producer's own id in the body; null: only the header carries it.</summary>
    public JsonPointer? ExternalId { get; init; }

    /// <summary>The schema of bodies; null: any JSON object.</summary>
    public SchemaCheck? Body { get; init; }

    /// <summary>The schema of the query's parameters as one object; null: the query has none.</summary>
    public SchemaCheck? Query { get; init; }
}
