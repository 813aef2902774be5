using System.Text.Json;

namespace Tributary.Connectors.Metadata;

/// <summary>Metadata is one JSON object in strict UTF-8.</summary>
internal static class JsonObjects
{
    private const string Allowed = "one JSON object in UTF-8";

    /// <summary>The same bytes.</summary>
    /// <exception cref="ConnectorException">They are something else.</exception>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> json, string location, Faults faults)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw faults.Unusable(location, json.Length == 0 ? "nothing" : "another JSON text", Allowed);
            while (reader.Read())
            {
                // The reader takes the bytes of a string as they come; whether they are UTF-8 shows when they are
                // decoded.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    _ = reader.GetString();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw faults.Unusable(location, "what is no JSON", Allowed);
        }

        return json;
    }
}
