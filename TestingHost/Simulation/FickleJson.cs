using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tributary.TestingHost.Simulation;

/// <summary>The JSON of a state that a build of the platform may be unable to read.</summary>
public static class FickleJson
{
    /// <summary>
    /// Reads and writes like <paramref name="json"/>, but fails to read while <paramref name="cannotRead"/> is true.
    /// </summary>
    /// <param name="error">The exception to throw then; null: an unknown format.</param>
    public static JsonTypeInfo<T> Of<T>(JsonTypeInfo<T> json, Func<bool> cannotRead, Func<Exception?>? error = null)
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.Converters.Add(new Converter<T>(json, cannotRead, error));
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    private sealed class Converter<T>(JsonTypeInfo<T> json, Func<bool> cannotRead, Func<Exception?>? error)
        : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            cannotRead() ? throw error?.Invoke() ?? new JsonException("This build does not know the format.")
                : JsonSerializer.Deserialize(ref reader, json);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, json);
    }
}
