using System.Text;
using Tributary.Api.ConfiguredEndpoints;
using Tributary.Connectors.Configuration;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;

namespace Tributary.Silo.Configuration;

/// <summary>Reads ingestion routes.</summary>
internal static class EndpointsReader
{
    public const int MaxEndpointsCount = 256;

    private static readonly string PathAllowed =
        "a path such as /ingest/sensors: segments of letters, digits, -, _ and ., the first none of the server's own: "
        + string.Join(", ", ConfiguredPaths.OwnSegments);

    private const string SchemaAllowed = "a JSON Schema as a map, or as a text of JSON";

    public static IReadOnlyList<EndpointDefinition> Read(ConfigField field)
    {
        var endpoints = new List<EndpointDefinition>();
        foreach (var item in field.List(MaxEndpointsCount, "maps with path, source and more"))
        {
            if (Endpoint(item) is not { } endpoint)
                continue;
            if (!endpoints.Exists(other => ConfiguredPaths.Collide(endpoint, other)))
                endpoints.Add(endpoint);
            else
                item.Fail($"{endpoint.Method} {endpoint.Path} a second time", "each method and path once");
        }

        return endpoints;
    }

    private static EndpointDefinition? Endpoint(ConfigField field)
    {
        if (field.Node is not ConfigMap)
        {
            field.Fail("a map with path, source and more");
            return null;
        }

        var endpoint = field.Section(
            "path", "method", "source", "description", "item", "external_id", "schema", "query_schema");
        var path = Required(endpoint["path"], PathAllowed, IsPath);
        var method = endpoint["method"].OneOf("POST", "PUT") ?? "POST";
        var source = Required(endpoint["source"], "the name of a source: 1 to 512 bytes of UTF-8", static text =>
            Encoding.UTF8.GetByteCount(text) <= Identifiers.MaxBytes);
        var description = endpoint["description"].Text("a text");
        var item = Pointer(endpoint["item"]);
        var externalId = Pointer(endpoint["external_id"]);
        var body = Schema(endpoint["schema"]);
        var query = Schema(endpoint["query_schema"]);
        return path is null || source is null
            ? null
            : new EndpointDefinition
            {
                Path = path,
                Method = method,
                Source = source,
                Description = description,
                Item = item,
                ExternalId = externalId,
                Body = body,
                Query = query,
            };
    }

    private static string? Required(ConfigField field, string allowed, Func<string, bool> isAllowed)
    {
        if (!field.IsSet)
        {
            field.Fail("nothing", allowed);
            return null;
        }

        if (field.Text(allowed) is not { } text)
            return null;
        if (isAllowed(text))
            return text;
        field.Fail(allowed);
        return null;
    }

    private static bool IsPath(string path)
    {
        var segments = path.Split('/');
        return path.Length <= 256 && segments.Length > 1 && segments[0].Length == 0
            && segments[1..].All(segment => segment.Length > 0 && segment.Trim('.').Length > 0
                && segment.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
            && !ConfiguredPaths.IsOwn(path);
    }

    private static JsonPointer? Pointer(ConfigField field)
    {
        if (field.Text(JsonPointer.Allowed) is not { } text)
            return null;
        if (JsonPointer.TryParse(text, out var pointer))
            return pointer;
        field.Fail(JsonPointer.Allowed);
        return null;
    }

    private static SchemaCheck? Schema(ConfigField field)
    {
        if (!field.IsSet)
            return null;

        var json = field.Node switch
        {
            ConfigMap map => ConfigJson.Of(map).GetRawText(),
            ConfigScalar scalar when scalar.Text.TrimStart().StartsWith('{') => scalar.Text,
            _ => null,
        };
        if (json is null)
        {
            field.Fail(SchemaAllowed);
            return null;
        }

        try
        {
            // Blocking is safe: the configuration is read before any other code runs that this could wait for.
            return SchemaCheck.ParseAsync(json).GetAwaiter().GetResult();
        }
        catch (FormatException error)
        {
            field.Fail(
                field.Node!.IsSubstituted
                    ? "a schema that cannot be read"
                    : $"a schema that cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
                SchemaAllowed);
            return null;
        }
    }
}
