using System.Collections.Frozen;
using Tributary.Api.Pages;

namespace Tributary.Api.Configured;

/// <summary>
/// Where routes of the configuration may lie: beside the server's own, never among them. Whole first segments are the server's,
/// so that a later version can add routes there without taking one that somebody configured.
/// </summary>
public static class ConfiguredPaths
{
    private static readonly FrozenSet<string> Own = new[] { "api", "docs", "graphql", "health", "openapi", "ws" }
        .Concat(PageFiles.Paths.Select(FirstSegment)).Where(static segment => segment.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the first segment of a configured path must not be, in upper or lower case.</summary>
    public static IReadOnlyList<string> OwnSegments { get; } = [.. Own.Order(StringComparer.Ordinal)];

    /// <summary>True when the path lies where the server's own routes and files do.</summary>
    public static bool IsOwn(string path) => path.Trim('/').Length == 0 || Own.Contains(FirstSegment(path));

    /// <summary>True when routing could not tell the two apart: case and slashes at the end do not count.</summary>
    public static bool Collide(EndpointDefinition one, EndpointDefinition other) =>
        one.Method == other.Method && string.Equals(one.Path.TrimEnd('/'), other.Path.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    /// <summary>The definitions themselves; the configuration's reader names what is wrong with its place, this one holds for every host.</summary>
    /// <exception cref="ArgumentException">One is no path, lies among the server's own routes, or two collide.</exception>
    internal static IReadOnlyList<EndpointDefinition> Checked(IReadOnlyList<EndpointDefinition> endpoints)
    {
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (!endpoints[i].Path.StartsWith('/') || endpoints[i].Path.AsSpan().ContainsAny("{}*%?#"))
                throw new ArgumentException($"The endpoint '{endpoints[i].Path}' is no path of fixed text; allowed: a path such as /ingest/sensors.", nameof(endpoints));
            if (IsOwn(endpoints[i].Path))
                throw new ArgumentException($"The endpoint '{endpoints[i].Path}' lies among the server's own routes: {string.Join(", ", OwnSegments)}.", nameof(endpoints));
            for (var j = 0; j < i; j++)
            {
                if (Collide(endpoints[i], endpoints[j]))
                    throw new ArgumentException($"The endpoint {endpoints[i].Method} '{endpoints[i].Path}' stands there twice; allowed: once.", nameof(endpoints));
            }
        }

        return endpoints;
    }

    private static string FirstSegment(string path) => path.TrimStart('/').Split('/')[0];
}
