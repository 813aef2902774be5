using System.Buffers;
using System.Text.Json;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>Writes one JSON document with a writer that each thread keeps.</summary>
internal static class RecordWriter
{
    /// <summary>A buffer that has grown beyond this is not kept.</summary>
    private const int MaxKeptBytes = 1 << 16;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? kept;

    /// <param name="write">Writes the fields; must not write another document meanwhile.</param>
    public static ReadOnlyMemory<byte> Object<T>(T state, Action<Utf8JsonWriter, T> write)
    {
        var (buffer, json) = kept ?? New();
        kept = null;
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        json.WriteStartObject();
        write(json, state);
        json.WriteEndObject();
        json.Flush();
        var document = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity <= MaxKeptBytes)
            kept = (buffer, json);
        return document;
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) New()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        return (buffer, new Utf8JsonWriter(buffer));
    }
}
