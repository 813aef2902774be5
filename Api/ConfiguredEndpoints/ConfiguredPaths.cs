using System.Buffers;
using System.Collections.Frozen;
using Tributary.Api.Pages;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// The paths that routes of the configuration may have: beside the server's own, never among them. The server owns
/// whole first segments, so that a later version can add routes there without colliding with a configured one.
/// </summary>
public static class ConfiguredPaths
{
    private static readonly FrozenSet<string> Own = new[] { "api", "docs", "graphql", "health", "openapi", "ws" }
        .Concat(PageFiles.Paths.Select(FirstSegment)).Where(static segment => segment.Length > 0)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Characters that routing does not read as plain text.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create("{}*%?#");

    /// <summary>First segments that no configured path may have, in upper or lower case.</summary>
    public static IReadOnlyList<string> OwnSegments { get; } = [.. Own.Order(StringComparer.Ordinal)];

    /// <summary>True when the server owns the path's first segment.</summary>
    public static bool IsOwn(string path) => path.Trim('/').Length == 0 || Own.Contains(FirstSegment(path));

    /// <summary>True when routing cannot tell the two apart: case and slashes at the end do not count.</summary>
    public static bool Collide(EndpointDefinition one, EndpointDefinition other) =>
        one.Method == other.Method
        && string.Equals(one.Path.TrimEnd('/'), other.Path.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Checks the definitions and returns them. The reader of the configuration names the place of an error; this check
    /// also protects hosts without that reader.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A definition has no path of fixed text, or one of the server's own, or two definitions collide.
    /// </exception>
    internal static IReadOnlyList<EndpointDefinition> Checked(IReadOnlyList<EndpointDefinition> endpoints)
    {
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[i];
            if (!endpoint.Path.StartsWith('/') || endpoint.Path.AsSpan().ContainsAny(Marks))
                throw Wrong(endpoint, "is no path of fixed text; allowed: a path such as /ingest/sensors");
            if (IsOwn(endpoint.Path))
                throw Wrong(endpoint, $"lies among the server's own routes: {string.Join(", ", OwnSegments)}");
            if (endpoints.Take(i).Any(other => Collide(endpoint, other)))
                throw Wrong(endpoint, "stands there twice; allowed: once");
        }

        return endpoints;
    }

    private static ArgumentException Wrong(EndpointDefinition endpoint, string what) =>
        new($"The endpoint {endpoint.Method} '{endpoint.Path}' {what}.", nameof(endpoint));

    private static string FirstSegment(string path) => path.TrimStart('/').Split('/')[0];
}
