using Tributary.Api.Configured;
using Tributary.Grains;

namespace Tributary.Silo.Configuration;

/// <summary>Reads the ingestion routes of the configuration.</summary>
internal static class EndpointReader
{
    private const int MaxCount = 256;
    private const string PathAllowed = "a path such as /sensors/readings of letters, digits, '-', '_', '.' and '/', which nothing else serves";

    private static readonly string[] Taken =
        ["/api/v1/messages", "/api/v1/items", "/api/v1/aggregates", "/api/v1/ledger", "/ws", "/docs", "/openapi", "/health", "/graphql", "/css", "/js"];

    public static string[] Keys { get; } = ["path", "method", "source", "description", "item", "externalId", "body", "query"];

    public static async Task<IReadOnlyList<EndpointDefinition>> ReadAsync(IEnumerable<ConfigReader> sections)
    {
        var endpoints = new List<EndpointDefinition>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in sections)
        {
            section.Knows(Keys);
            if (endpoints.Count == MaxCount)
                section.Fail("path", "one endpoint more", $"at most {MaxCount} endpoints");

            var path = section.Required("path", PathAllowed) ?? "/";
            var method = section.Choice("method", "POST", "POST", "PUT");
            var source = section.Required("source", "the name of a source") ?? "";
            if (!IsPath(path))
                section.Fail("path", $"\"{path}\"", PathAllowed);
            else if (!seen.Add($"{method} {path.TrimEnd('/')}"))
                section.Fail("path", $"{method} \"{path}\" a second time", "each path and method once");
            if (source.Length is 0 or > Identifiers.MaxBytes && section.Find("source") is not null)
                section.Fail("source", $"a source of {source.Length} characters", $"1 to {Identifiers.MaxBytes} bytes");

            endpoints.Add(new EndpointDefinition
            {
                Path = path,
                Method = method,
                Source = source,
                Description = section.Text("description"),
                Item = Pointer(section, "item"),
                ExternalId = Pointer(section, "externalId"),
                Body = await SchemaAsync(section, "body"),
                Query = await SchemaAsync(section, "query"),
            });
        }

        return endpoints;
    }

    private static bool IsPath(string path) =>
        path.Length > 1 && path[0] == '/' && !path.Contains("//", StringComparison.Ordinal)
        && path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '_' or '.')
        && !Taken.Any(taken => path.Equals(taken, StringComparison.OrdinalIgnoreCase) || path.StartsWith(taken + "/", StringComparison.OrdinalIgnoreCase));

    private static JsonPointer? Pointer(ConfigReader section, string name)
    {
        if (section.Text(name) is not { } text)
            return null;
        if (JsonPointer.TryParse(text, out var pointer))
            return pointer;

        section.Fail(name, $"\"{text}\"", JsonPointer.Allowed);
        return null;
    }

    private static async Task<SchemaCheck?> SchemaAsync(ConfigReader section, string name)
    {
        if (section.Find(name) is not { } node)
            return null;
        try
        {
            if (node is ConfigMap)
                return await SchemaCheck.ParseAsync(ConfigJson.TextOf(node));
            section.Fail(name, "no mapping", "a JSON Schema");
        }
        catch (FormatException error)
        {
            section.Fail(name, $"no JSON Schema ({error.Message})", "a JSON Schema");
        }

        return null;
    }
}
