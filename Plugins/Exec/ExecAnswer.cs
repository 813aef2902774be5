using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tributary.Plugins.Folders;

namespace Tributary.Plugins.Exec;

/// <summary>Reads answers: see <c>docs/plugins.md</c>.</summary>
internal static class ExecAnswer
{
    private const int MaxShownBytes = 80;

    /// <exception cref="PluginException">The program says that it failed.</exception>
    /// <exception cref="InvalidDataException">
    /// The line is no answer to this request; the message says what was found and what is allowed.
    /// </exception>
    public static PluginResult Read(ReadOnlyMemory<byte> line, long id)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var map = new ConfigurationMap(document.RootElement, "");
            map.AllowOnly("id", "records", "contributions", "commands", "error");
            if (map.Whole("id", 0, long.MaxValue) != id)
                throw new InvalidDataException(
                    $"id: found {map.Field("id")?.GetRawText() ?? "nothing"}; allowed: {id}, the id of the request.");
            if (map.Map("error") is { } error)
                throw ErrorOf(error);
            return new PluginResult
            {
                Records = List(
                    map,
                    "records",
                    static one => new PluginRecord(Json(one), one.Text("key", mayBeEmpty: true) ?? ""),
                    "key",
                    "json"),
                Contributions = List(
                    map,
                    "contributions",
                    static one => new PluginContribution(
                        one.Text("aggregate") ?? throw one.Missing("aggregate", "the name of an aggregate"), Json(one)),
                    "aggregate",
                    "json"),
                Commands = List(
                    map,
                    "commands",
                    static one => new PluginCommand(
                        one.Text("sql") ?? throw one.Missing("sql", "a statement"), Parameters(one)),
                    "sql",
                    "parameters"),
            };
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                "found "
                + $"\"{ErrorText.Line(Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, MaxShownBytes)]))}\"; "
                + "allowed: one JSON object per line on the standard output, and nothing else.", error);
        }
        catch (TributaryException wrong) when (wrong is not PluginException)
        {
            throw new InvalidDataException(wrong.Message, wrong);
        }
    }

    private static PluginException ErrorOf(ConfigurationMap error)
    {
        error.AllowOnly("message", "retry");
        var retry = error.Field("retry") switch
        {
            null or { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.True } => true,
            { } other => throw ConfigurationMap.Invalid("error.retry", other, "true, false"),
        };
        return new PluginException(
            ErrorText.Line(error.Text("message") ?? throw error.Missing("message", "a sentence")), retry);
    }

    private static List<T> List<T>(
        ConfigurationMap map, string key, Func<ConfigurationMap, T> read, params ReadOnlySpan<string> keys)
    {
        var list = new List<T>();
        if (map.Field(key) is not { } json)
            return list;
        if (json.ValueKind != JsonValueKind.Array)
            throw ConfigurationMap.Invalid(key, json, "a list");
        foreach (var item in json.EnumerateArray())
        {
            var one = new ConfigurationMap(item, $"{key}[{list.Count}]");
            one.AllowOnly(keys);
            list.Add(read(one));
        }

        return list;
    }

    // Copied, because the next line reuses the buffer. The common check of results makes sure that it is an object.
    private static ReadOnlyMemory<byte> Json(ConfigurationMap one) =>
        JsonMarshal.GetRawUtf8Value(one.Field("json") ?? throw one.Missing("json", "an object")).ToArray();

    private static List<object?> Parameters(ConfigurationMap one) => one.Field("parameters") switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Parameter)],
        { } other => throw ConfigurationMap.Invalid("parameters", other, "a list"),
    };

    private static object? Parameter(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
            JsonValueKind.Object
                when value.TryGetProperty("base64", out var text)
                    && text.ValueKind == JsonValueKind.String
                    && text.TryGetBytesFromBase64(out var bytes) => bytes,
            _ => throw ConfigurationMap.Invalid(
                "parameters", value, "null, texts, numbers, true, false, and {\"base64\": \"…\"} for bytes"),
        };
}
