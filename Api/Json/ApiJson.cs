using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Aggregates;
using Tributary.Api.Cluster;
using Tributary.Api.Errors;
using Tributary.Api.FailedCalls;
using Tributary.Api.Health;
using Tributary.Api.HeldWork;
using Tributary.Api.Items;
using Tributary.Api.Ledger;
using Tributary.Api.Messages;
using Tributary.Api.Processing;
using Tributary.Api.Reprocessing;
using Tributary.Messages;

namespace Tributary.Api.Json;

/// <summary>Writes answers as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(MessageRun))]
[JsonSerializable(typeof(MessageRunWithCursors))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(ItemBody))]
[JsonSerializable(typeof(AggregateList))]
[JsonSerializable(typeof(AggregateRows))]
[JsonSerializable(typeof(LedgerBody))]
[JsonSerializable(typeof(ClusterBody))]
[JsonSerializable(typeof(SiloBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(FailureList))]
[JsonSerializable(typeof(FailureChangeBody))]
[JsonSerializable(typeof(MessageChangeBody))]
[JsonSerializable(typeof(FailedCallList))]
[JsonSerializable(typeof(FailedCallsChangeBody))]
[JsonSerializable(typeof(AgainBody))]
[JsonSerializable(typeof(HeldList))]
[JsonSerializable(typeof(RecordList))]
[JsonSerializable(typeof(PluginList))]
[JsonSerializable(typeof(GenerationBody))]
[JsonSerializable(typeof(GenerationList))]
public sealed partial class ApiJson : JsonSerializerContext
{
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Answers with a JSON document.</summary>
    public static async Task WriteAsync<T>(
        HttpContext context, T value, JsonTypeInfo<T> type, string mediaType = MediaTypes.Json)
    {
        context.Response.ContentType = mediaType;
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, Writing))
            JsonSerializer.Serialize(writer, value, type);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
