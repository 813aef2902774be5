using System.Text.Json;

namespace Tributary.Connectors.Metadata;

/// <summary>Checks metadata: one JSON object in strict UTF-8.</summary>
internal static class JsonObjects
{
    private const string Allowed = "one JSON object in UTF-8";

    /// <summary>Returns the same bytes.</summary>
    /// <exception cref="ConnectorException">The bytes are no JSON object in UTF-8.</exception>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> json, string location, Faults faults)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw faults.Unusable(location, json.Length == 0 ? "nothing" : "another JSON text", Allowed);
            while (reader.Read())
            {
                // The reader takes the bytes of a string unchecked; only decoding shows whether they are UTF-8.
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
