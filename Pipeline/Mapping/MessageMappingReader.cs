using Tributary.Connectors.Configuration;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Mapping;

/// <summary>
/// Reads <c>message</c> from the configuration, and from older configurations a broker's <c>message_fields</c> and
/// <c>parser</c>.
/// </summary>
public static class MessageMappingReader
{
    public const int MaxFieldsCount = 64;
    public const int MaxKeysCount = 64;
    private const int MaxNameChars = 128;

    private static readonly string[] WellKnown =
    [
        MappedField.Uuid,
        MappedField.DataLocation,
        MappedField.MetaLocation,
        MappedField.Metadata,
        MappedField.MediaType,
    ];

    /// <summary>
    /// Reports every error to the field. A section that is not set maps JSON by the fields' own names.
    /// </summary>
    public static MessageMapping Read(ConfigField message)
    {
        var section = message.Section("parser", "format", "delimiter", "mime", "fields");
        return new MessageMapping
        {
            Parser = Parser(section),
            Mime = Mime(section["mime"]),
            Fields = ReadFields(section["fields"]),
        };
    }

    /// <summary>
    /// A map of logical names to <c>{key, required}</c>; a text stands for its key. A map that is not set stands
    /// for each well-known name under itself.
    /// </summary>
    public static IReadOnlyDictionary<string, MappedField> ReadFields(ConfigField fields)
    {
        var read = new Dictionary<string, MappedField>();
        if (!fields.IsSet)
        {
            foreach (var name in WellKnown)
                read[name] = new MappedField(name);
            return read;
        }

        if (fields.Node is not ConfigMap map || map.Fields.Count > MaxFieldsCount)
        {
            fields.Fail(
                $"a map of at most {MaxFieldsCount} fields: a name ({string.Join(", ", WellKnown)} or one of your own) "
                + "to key and required");
            return read;
        }

        var section = fields.Section([.. map.Fields.Keys]);
        foreach (var name in map.Fields.Keys)
            read[name] = Field(section[name], name);
        return read;
    }

    private static MappedField Field(ConfigField field, string name)
    {
        if (!field.IsSet)
            return new MappedField(name);
        if (field.Node is ConfigScalar)
            return new MappedField(Key(field) ?? name);
        var section = field.Section("key", "required");
        return new MappedField(Key(section["key"]) ?? name, section["required"].Flag() ?? false);
    }

    private static string? Key(ConfigField field)
    {
        const string Allowed = "the name of a field of the message, or a JSON pointer such as /file/path";
        if (field.Text(Allowed) is not { } key)
            return null;
        if (key.Length <= MaxNameChars && (key[0] != '/' || JsonPointer.TryParse(key, out _)))
            return key;
        field.Fail(Allowed);
        return null;
    }

    private static MessageParser Parser(ConfigSection message)
    {
        var field = message["parser"];
        // Older configurations name the parser by a text, with format and delimiter beside it.
        var isText = field.Node is ConfigScalar;
        var parser = isText ? message : field.Section("type", "format", "delimiter");
        var type = (isText ? field : parser["type"]).OneOf("json", "string", "str") ?? "json";
        if (type == "json")
        {
            foreach (var unused in new[] { parser["format"], parser["delimiter"] })
            {
                if (unused.IsSet)
                    unused.Fail("nothing, because the parser is json: only string has a format and a delimiter");
            }

            return new MessageParser.Json();
        }

        var delimiter = Delimiter(parser["delimiter"]);
        return new MessageParser.Text(Keys(parser["format"], delimiter), delimiter);
    }

    private static string Delimiter(ConfigField field)
    {
        const string Allowed = "1 to 8 characters, such as '|'";
        if (!field.IsSet)
            field.Fail(Allowed);
        else if (field.Text(Allowed) is { Length: <= 8 } delimiter)
            return delimiter;
        else
            field.Fail(Allowed);
        return "|";
    }

    private static string[] Keys(ConfigField field, string delimiter)
    {
        var allowed =
            $"1 to {MaxKeysCount} different names with the delimiter between them, such as "
            + $"'uuid{delimiter}file{delimiter}metadata'";
        if (!field.IsSet)
        {
            field.Fail(allowed);
            return ["message"];
        }

        var keys = field.Text(allowed)?.Split(delimiter) ?? ["message"];
        if (keys.Length > MaxKeysCount
            || keys.Any(key => key.Length is 0 or > MaxNameChars)
            || keys.Distinct().Count() != keys.Length)
            field.Fail(allowed);
        return keys;
    }

    private static MimePath? Mime(ConfigField field)
    {
        if (!field.IsSet)
            return null;
        var section = field.Section("path", "path_separator");
        const string Allowed = "the keys that lead to the media type inside the metadata, such as 'root:mime.type'";
        if (!section["path"].IsSet)
            section["path"].Fail(Allowed);
        var path = section["path"].Text(Allowed);
        var separator = section["path_separator"].Text("1 or more characters, such as ':'") ?? ".";
        return path is null ? null : new MimePath(path, separator);
    }
}
