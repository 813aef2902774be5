using System.Buffers;
using System.Collections.Frozen;
using Tributary.Api.Pages;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// Where routes of the configuration may lie: beside the server's own, never among them. Whole first segments are the
/// server's, so that a later version can add routes there without taking one that somebody configured.
/// </summary>
public static class ConfiguredPaths
{
    private static readonly FrozenSet<string> Own = new[] { "api", "docs", "graphql", "health", "openapi", "ws" }
        .Concat(PageFiles.Paths.Select(FirstSegment)).Where(static segment => segment.Length > 0)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What routing would read as something else than text.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create("{}*%?#");

    /// <summary>What the first segment of a configured path must not be, in upper or lower case.</summary>
    public static IReadOnlyList<string> OwnSegments { get; } = [.. Own.Order(StringComparer.Ordinal)];

    /// <summary>True when the path lies where the server's own routes and files do.</summary>
    public static bool IsOwn(string path) => path.Trim('/').Length == 0 || Own.Contains(FirstSegment(path));

    /// <summary>True when routing could not tell the two apart: case and slashes at the end do not count.</summary>
    public static bool Collide(EndpointDefinition one, EndpointDefinition other) =>
        one.Method == other.Method
        && string.Equals(one.Path.TrimEnd('/'), other.Path.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The definitions themselves. The configuration's reader names what is wrong with its place; this holds for
    /// every host.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// One is no path, or lies among the server's own routes, or two collide.
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
