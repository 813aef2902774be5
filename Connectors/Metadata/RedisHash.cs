using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using StackExchange.Redis;

namespace Tributary.Connectors.Metadata;

/// <summary>Turns a hash into a JSON object: each field becomes a string, in the order of the fields' names.</summary>
internal static class RedisHash
{
    /// <summary>Most fields of one hash; a hash with more is refused before it is read.</summary>
    public const int MaxFieldsCount = 10_000;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        IDatabase redis, RedisKey key, string location, int maxBytes, Faults faults)
    {
        var count = await redis.HashLengthAsync(key);
        if (count > MaxFieldsCount)
            throw faults.Unusable(location, $"{count} fields", $"at most {MaxFieldsCount}");
        var fields = await redis.HashGetAllAsync(key);
        if (fields.Length == 0)
            throw faults.Missing(location, "there is no such key");

        var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in fields
                    .Select(field => (Name: (byte[])field.Name!, Value: (byte[])field.Value!))
                    .OrderBy(field => Encoding.UTF8.GetString(field.Name), StringComparer.Ordinal))
            {
                if (!Utf8.IsValid(name) || !Utf8.IsValid(value))
                    throw faults.Unusable(location, "bytes that are no UTF-8 in a field", "texts in UTF-8");
                if (json.Length + writer.BytesPending + name.Length + value.Length > maxBytes)
                    throw MetadataLimits.TooLarge(faults, location, $"more than {maxBytes} bytes", maxBytes);
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
