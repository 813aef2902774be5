using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Calls;

/// <summary>
/// Several calls to grains of one partition as one stored call: a call to the partition itself, whose arguments are the
/// calls. Its method names the format, so that a build that does not know the format holds the row like any call of a
/// method that it does not know.
/// </summary>
internal static class CallBundle
{
    /// <summary>The grain type of bundles: no grain is of it.</summary>
    public const string Type = "tributary.partition";

    /// <summary>The format that this build writes: a JSON array of [type, key, method, origin, arguments].</summary>
    public const string Format = "calls.1";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The calls, at least one, as one row.</summary>
    public static DeferredCall Of(PartitionId partition, IReadOnlyList<DeferredCall> calls)
    {
        if (calls.Count == 1)
            return calls[0];
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Writing))
        {
            writer.WriteStartArray();
            foreach (var call in calls)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(call.Target.Type);
                writer.WriteStringValue(call.Target.Key);
                writer.WriteStringValue(call.Method);
                writer.WriteNumberValue(call.Origin);
                writer.WriteRawValue(call.Arguments.Span, skipInputValidation: true);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        return new DeferredCall(0, partition, TargetOf(partition), Format, bytes.WrittenMemory)
        {
            Origin = calls.Aggregate(0L, static (oldest, call) => Origins.Older(oldest, call.Origin)),
        };
    }

    /// <summary>True when the row holds several calls.</summary>
    public static bool IsBundle(DeferredCall row) => row.Target.Type == Type;

    /// <summary>The calls of a bundle; each has the origin of what it leads to.</summary>
    /// <exception cref="UnreadableException">This build does not know the format.</exception>
    public static IReadOnlyList<DeferredCall> Read(DeferredCall row)
    {
        if (row.Method != Format)
            throw UnreadableException.OfMethod(Type, row.Method);
        try
        {
            return ReadCalls(row);
        }
        catch (Exception error)
        {
            throw UnreadableException.OfArguments(Type, row.Method, error);
        }
    }

    /// <summary>
    /// False for a call whose texts no store keeps: it becomes a row of its own, which the store refuses with the
    /// round.
    /// </summary>
    public static bool Fits(DeferredCall call) =>
        Fits(call.Target.Type) && Fits(call.Target.Key) && Fits(call.Method);

    // Half a surrogate pair is read as U+FFFD.
    private static bool Fits(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is 0 or 0xFFFD)
                return false;
        }

        return true;
    }

    private static RoundGrainId TargetOf(PartitionId partition) =>
        new(Type, partition.Value.ToString(CultureInfo.InvariantCulture));

    private static List<DeferredCall> ReadCalls(DeferredCall row)
    {
        var calls = new List<DeferredCall>();
        var reader = new Utf8JsonReader(row.Arguments.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var (type, key, method) = (Text(ref reader), Text(ref reader), Text(ref reader));
            reader.Read();
            var origin = reader.GetInt64();
            reader.Read();
            var begin = (int)reader.TokenStartIndex;
            reader.Skip();
            var arguments = row.Arguments[begin..(int)reader.BytesConsumed];
            reader.Read();
            calls.Add(new DeferredCall(row.Sequence, row.Partition, new RoundGrainId(type, key), method, arguments)
            {
                Origin = Origins.Of(origin, row),
            });
        }

        return calls.Count > 0 && reader.TokenType == JsonTokenType.EndArray && !reader.Read() ? calls
            : throw new JsonException("A stored row of calls is not an array of calls.");
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString() ?? throw new JsonException("A stored call has no name.");
    }
}
