using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Pipeline.Intake;

namespace Tributary.Api.Messages;

/// <summary><c>POST /messages</c>: one JSON object in, a receipt out once it is durable.</summary>
internal sealed class PostMessage(ApiNode node, ApiOptions options)
{
    public const string DefaultSource = "rest";
    public const string SourceParameter = "source";
    public const string KeyHeader = "Idempotency-Key";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var source = SourceOf(request);
        var mediaType = BodyTypes.OfObject(request);
        var key = KeyOf(request);
        var body = await BodyReader.ReadAsync(context, options.MaxBodyBytes);
        var receipt = await node.Intake.AcceptAsync(
            new IntakeRequest
            {
                Source = source,
                Body = body,
                MediaType = mediaType,
                ExternalId = key,
            });
        await ReceiptWriter.WriteAsync(context, receipt, node.History);
    }

    /// <summary>The source of the messages of this request.</summary>
    public static string SourceOf(HttpRequest request) =>
        request.QueryString.HasValue
            ? new Parameters(request, SourceParameter).Text(SourceParameter) ?? DefaultSource
            : DefaultSource;

    /// <summary>The producer's own id of the message, or null.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(KeyHeader, out var values))
            return null;
        return values.Count == 1
            ? values[0]
            : throw new TributaryException(
                "header_invalid", $"Found the header {KeyHeader} {values.Count} times; allowed: once.");
    }
}
