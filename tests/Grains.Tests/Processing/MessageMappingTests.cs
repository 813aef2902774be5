using System.Text;
using System.Text.Json;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Mapping;

namespace Tributary.Grains.Tests.Processing;

public sealed class MessageMappingTests
{
    /// <summary>As it stands in existing configurations.</summary>
    private const string Existing = """
        parser: {type: string, format: 'uuid|file|metadata', delimiter: '|'}
        mime: {path: 'mime.type', path_separator: ':'}
        fields: {uuid: {key: uuid, required: True}, data_location: {key: file, required: True},
          meta_location: {key: uuid, required: True}, metadata: {key: metadata, required: False}}
        """;

    private const string ExistingJson = """
        parser: {type: json}
        fields: {uuid: {key: uuid, required: True}, data_location: {key: file, required: True},
          meta_location: {key: uuid, required: True}, metadata: {key: metadata, required: False}}
        """;

    [Fact]
    public void A_text_becomes_the_object_of_its_fields_in_order()
    {
        var mapped = Map(Existing, "u-1|/data/a.jpg|{\"mime.type\":\"image/jpeg\"}\n");
        Assert.Equal(
            """{"uuid":"u-1","file":"/data/a.jpg","metadata":"{\"mime.type\":\"image/jpeg\"}"}""", Text(mapped.Body));
        Assert.Equal(
            ("u-1", "/data/a.jpg", "u-1"),
            (mapped.Fields.Item, mapped.Fields.ContentLocation, mapped.Fields.MetadataLocation));
        Assert.Equal("""{"mime.type":"image/jpeg"}""", Text(mapped.Fields.Metadata));
    }

    [Fact]
    public void The_last_field_takes_what_is_left_and_later_fields_may_be_missing()
    {
        Assert.Equal("""{"a|b":1}""", Text(Map(Existing, """u-1|f|{"a|b":1}""").Fields.Metadata));
        var mapped = Map(Existing, "u-1|f");
        Assert.Equal("""{"uuid":"u-1","file":"f"}""", Text(mapped.Body));
        Assert.True(mapped.Fields.Metadata.IsEmpty);
        Assert.Equal("é😀\"", Map(Existing, "u|é😀\"|").Fields.ContentLocation);
    }

    [Fact]
    public void Json_stays_as_it_is_byte_for_byte()
    {
        const string Body = """{ "uuid" : "u-1","file":"a\u0062", "metadata": {"x": [1, {"y":2}]}, "other":1.50 }""";
        var mapped = Map(ExistingJson, Body);
        Assert.Equal(Body, Text(mapped.Body));
        Assert.Equal("ab", mapped.Fields.ContentLocation);
        Assert.Equal("""{"x": [1, {"y":2}]}""", Text(mapped.Fields.Metadata));
    }

    [Fact]
    public void What_was_mapped_reads_again_from_what_is_stored()
    {
        var mapper = Mapper(Existing);
        var mapped = mapper.Map(Encoding.UTF8.GetBytes("u-1|f|{}"));
        var again = mapper.Read(mapped.Body.Span);
        Assert.Equal(mapped.Fields with { Metadata = default }, again with { Metadata = default });
        Assert.Equal("{}", Text(again.Metadata));
    }

    [Fact]
    public void Nothing_configured_reads_json_by_the_fields_own_names()
    {
        var mapped = Map("", """{"uuid":7,"data_location":"f","type":"image/png"}""");
        Assert.Equal(
            ("7", "f", null, "image/png"),
            (mapped.Fields.Item, mapped.Fields.ContentLocation, mapped.Fields.MetadataLocation,
                mapped.Fields.MediaType));
        Assert.False(Map("", "{}").Fields.Refers);
    }

    [Fact]
    public void Keys_may_hold_full_stops_or_be_pointers()
    {
        const string Yaml = "fields: {type: {key: mime.type}, uuid: /file/id, data_location: 'a/b~'}";
        var fields = Map(Yaml, """{"mime.type":"image/png","file":{"id":"x"},"a/b~":"here"}""").Fields;
        Assert.Equal(("image/png", "x", "here"), (fields.MediaType, fields.Item, fields.ContentLocation));
    }

    [Theory]
    [InlineData("u-1", "field_missing", "'file'")]
    [InlineData("|f", "field_missing", "'uuid'")]
    [InlineData("", "field_missing", "'uuid'")]
    [InlineData("u|f|[1]", "field_invalid", "'metadata'")]
    [InlineData("u|f|x", "field_invalid", "'metadata'")]
    [InlineData("u\u0000|f", "identifier_invalid", "U+0000")]
    public void A_text_that_is_no_message_says_what_is_wrong(string text, string code, string found)
    {
        var error = Assert.Throws<TributaryException>(() => Map(Existing, text));
        Assert.Equal(code, error.Code);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "body_not_json")]
    [InlineData("[]", "body_not_object")]
    [InlineData("{}", "field_missing")]
    [InlineData("""{"uuid":null,"file":"f"}""", "field_missing")]
    [InlineData("""{"uuid":"","file":"f"}""", "field_missing")]
    [InlineData("""{"uuid":{},"file":"f"}""", "field_invalid")]
    [InlineData("""{"uuid":"u","file":["f"]}""", "field_invalid")]
    [InlineData("""{"uuid":"u","file":"f","metadata":true}""", "field_invalid")]
    public void Json_that_is_no_message_says_what_is_wrong(string json, string code) =>
        Assert.Equal(code, Assert.Throws<TributaryException>(() => Map(ExistingJson, json)).Code);

    [Fact]
    public void Bytes_that_are_no_text_say_where()
    {
        var error = Assert.Throws<TributaryException>(() => Mapper(Existing).Map(new byte[] { (byte)'a', 0xFF }));
        Assert.Equal("message_not_text", error.Code);
        Assert.Contains("byte 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_id_that_is_too_long_is_refused() =>
        Assert.Equal(
            "identifier_too_long",
            Assert.Throws<TributaryException>(() => Map(Existing, new string('x', 513) + "|f")).Code);

    [Fact]
    public void An_envelope_gives_back_its_bytes()
    {
        var raw = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        var envelope = UnparsedEnvelope.Write(raw, "text/plain");
        Assert.Equal("text/plain", JsonElement.Parse(envelope.Span).GetProperty("media_type").GetString());
        Assert.Equal(raw, UnparsedEnvelope.ReadRaw(envelope.Span));
        Assert.Equal(
            "envelope_invalid", Assert.Throws<TributaryException>(() => UnparsedEnvelope.ReadRaw("{}"u8)).Code);
    }

    [Theory]
    [InlineData("""{"mime.type":"Image/JPEG; q=1"}""", "mime.type", ":", "image/jpeg")]
    [InlineData("""{"mime":{"type":"image/jpeg"}}""", "mime.type", ":", "image/jpeg")]
    [InlineData("""{"root":{"wrapper":{"mime.type":"image/jpeg"}}}""", "root:wrapper:mime.type", ":", "image/jpeg")]
    [InlineData("""{"mime":{"type":"image/jpeg"}}""", "mime.type", ".", "image/jpeg")]
    [InlineData("""{"mime":"image/jpeg"}""", "mime.type", ":", null)]
    [InlineData("""{"mime.type":7}""", "mime.type", ":", null)]
    [InlineData("""{"mime.type":"application/octet-stream"}""", "mime.type", ":", null)]
    public void The_media_type_stands_in_the_metadata(
        string metadata, string path, string separator, string? expected) =>
        Assert.Equal(expected, MediaTypeNames.FromMetadata(JsonElement.Parse(metadata), new MimePath(path, separator)));

    [Theory]
    [InlineData("parser: {type: xml}", "test.parser.type", "json, string, str")]
    [InlineData("parser: {type: string, format: 'a|b'}", "test.parser.delimiter", "'|'")]
    [InlineData("parser: {type: string, delimiter: '|'}", "test.parser.format", "'uuid|file|metadata'")]
    [InlineData("parser: {type: string, format: 'a|a', delimiter: '|'}", "test.parser.format", "different names")]
    [InlineData("parser: {type: json, format: 'a'}", "test.parser.format", "nothing")]
    [InlineData("mime: {path_separator: ':'}", "test.mime.path", "keys")]
    [InlineData("fields: [uuid]", "test.fields", "a map")]
    [InlineData("fields: {uuid: {key: uuid, required: yes please}}", "test.fields.uuid.required", "true or false")]
    [InlineData("fields: {uuid: {kez: uuid}}", "test.fields.uuid.kez", "key, required")]
    [InlineData("fields: {uuid: /a~2}", "test.fields.uuid", "JSON pointer")]
    [InlineData("parsers: {}", "test.parsers", "parser, format, delimiter, mime, fields")]
    public void Errors_of_the_configuration_name_key_and_what_is_allowed(string yaml, string key, string allowed)
    {
        var (_, errors) = Yaml.Read(yaml, MessageMappingReader.Read);
        var error = Assert.Single(errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(allowed, error.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parser_of_older_configurations_stands_beside_its_format()
    {
        var mapping = Yaml.Good("{parser: string, format: 'uuid;file', delimiter: ';'}", MessageMappingReader.Read);
        Assert.Equal(["uuid", "file"], Assert.IsType<MessageParser.Text>(mapping.Parser).Keys);
    }

    private static MessageMapper Mapper(string yaml) => new(Yaml.Good(yaml, MessageMappingReader.Read));

    private static MappedMessage Map(string yaml, string text) => Mapper(yaml).Map(Encoding.UTF8.GetBytes(text));

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
