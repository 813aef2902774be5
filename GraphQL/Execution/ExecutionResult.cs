using System.Buffers;
using System.Text.Json;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// The answer to one request, or to one event of a subscription. It consists of arrays and
/// is written once, directly as UTF-8.
/// </summary>
public sealed class ExecutionResult
{
    private readonly ObjectNode? data;

    private ExecutionResult(ObjectNode? data, bool hasData, IReadOnlyList<GraphQLError> errors)
    {
        this.data = data;
        HasData = hasData;
        Errors = errors;
    }

    /// <summary>
    /// False after a request error: nothing was executed, and the answer has no <c>data</c>.
    /// True also when <c>data</c> is null.
    /// </summary>
    public bool HasData { get; }

    public IReadOnlyList<GraphQLError> Errors { get; }

    internal static ExecutionResult Executed(ObjectNode? data, IReadOnlyList<GraphQLError> errors) =>
        new(data, true, errors);

    /// <summary>A request that was refused before execution.</summary>
    public static ExecutionResult Refused(params IReadOnlyList<GraphQLError> errors) => new(null, false, errors);

    /// <summary>Writes the whole answer as a JSON object: <c>errors</c> when there are any, then <c>data</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Errors.Count > 0)
        {
            writer.WritePropertyName("errors"u8);
            ResultWriter.WriteErrors(writer, Errors);
        }
        if (HasData)
        {
            writer.WritePropertyName("data"u8);
            ResultWriter.WriteValue(writer, data);
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the answer to a buffer, without indentation.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, ResultWriter.Options);
        WriteTo(writer);
    }

    /// <summary>The answer as JSON text.</summary>
    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        WriteTo(buffer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
