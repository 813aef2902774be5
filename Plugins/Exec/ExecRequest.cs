using System.Buffers;
using System.Text.Json;
using Tributary.Messages;

namespace Tributary.Plugins.Exec;

/// <summary>Writes requests: see <c>docs/plugins.md</c>.</summary>
internal static class ExecRequest
{
    /// <summary>One line with its line break.</summary>
    public static ReadOnlyMemory<byte> Write(
        long id, PluginContext context, string contentPath, JsonElement configuration)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 10);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, id);
            WriteMessage(json, context.Message);
            json.WritePropertyName("metadata"u8);
            if (context.Metadata is { } metadata)
                metadata.WriteTo(json);
            else
                json.WriteNullValue();
            json.WriteString("media_type"u8, context.MediaType);
            json.WriteString("content_path"u8, contentPath);
            json.WriteNumber("content_length"u8, context.ContentLength);
            json.WriteString("sha256"u8, context.ContentSha256);
            json.WriteString("content_location"u8, context.ContentLocation);
            json.WritePropertyName("configuration"u8);
            configuration.WriteTo(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteMessage(Utf8JsonWriter json, Message message)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("id"u8, message.Id.ToString());
        json.WriteString("source"u8, message.Source);
        json.WriteString("item"u8, message.Item);
        json.WriteString("external_id"u8, message.ExternalId);
        json.WriteString("media_type"u8, message.MediaType);
        json.WriteString("received_at"u8, message.ReceivedAt);
        WriteBody(json, message.Body);
        json.WriteEndObject();
    }

    // Rewritten without the body's own white space, because a line break would end the request.
    private static void WriteBody(Utf8JsonWriter json, ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            json.WriteBase64String("body_base64"u8, body.Span);
            return;
        }

        using (document)
        {
            json.WritePropertyName("body"u8);
            document.RootElement.WriteTo(json);
        }
    }
}
