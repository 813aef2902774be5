using Tributary.Pipeline.Definitions;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>An ingestion route of the configuration: what comes in there is a message of its source.</summary>
public sealed class EndpointDefinition
{
    /// <summary>The path, such as <c>/sensors/readings</c>; fixed text without parameters.</summary>
    public required string Path { get; init; }

    /// <summary>POST or PUT.</summary>
    public required string Method { get; init; }

    public required string Source { get; init; }

    /// <summary>What the route is for, in the OpenAPI document.</summary>
    public string? Description { get; init; }

    /// <summary>Where the body names the item; null: each message is an item of its own.</summary>
    public JsonPointer? Item { get; init; }

    /// <summary>Where the body carries the producer's own id of the message; null: only the header can.</summary>
    public JsonPointer? ExternalId { get; init; }

    /// <summary>What bodies must be; null: any JSON object.</summary>
    public SchemaCheck? Body { get; init; }

    /// <summary>What the query's parameters, as one object, must be; null: there may be none.</summary>
    public SchemaCheck? Query { get; init; }
}
