using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>Takes one message at a route of the configuration.</summary>
internal sealed class ConfiguredEndpoint(
    EndpointDefinition definition, ApiNode node, ApiOptions options, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        CheckQuery(context.Request);
        var mediaType = BodyTypes.OfObject(context.Request);
        var key = PostMessage.KeyOf(context.Request);
        var body = await BodyReader.ReadAsync(context, options.MaxBodyBytes);
        var request = new IntakeRequest
        {
            Source = definition.Source,
            Body = body,
            MediaType = mediaType,
            ExternalId = key ?? ExternalIdOf(body),
            ItemPointer = definition.Item,
            // The door checks first, so that a body that is no JSON is refused as such and not for its schema.
            Check = definition.Body is { } schema
                ? () => schema.Check(Encoding.UTF8.GetString(body), "body_schema_violation", time) : null,
        };
        var receipt = await node.Intake.AcceptAsync(request);
        await ReceiptWriter.WriteAsync(context, receipt, node.History);
    }

    private void CheckQuery(HttpRequest request)
    {
        if (definition.Query is not { } schema)
        {
            _ = new Parameters(request);
            return;
        }

        schema.Check(QueryObject.Of(request.Query, schema), "query_schema_violation", time);
    }

    private string? ExternalIdOf(byte[] body)
    {
        if (definition.ExternalId is not { } pointer)
            return null;

        try
        {
            using var document = JsonDocument.Parse(body);
            var value = Follow(document.RootElement, pointer);
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                var kind => throw new TributaryException(
                    "external_id_missing",
                    "The body has "
                    + $"{(kind == JsonValueKind.Undefined ? "nothing" : kind.ToString().ToLowerInvariant())} at "
                    + $"'{pointer}'; allowed: a string or a number, the producer's id of the message."),
            };
        }
        catch (JsonException)
        {
            // The body is no JSON; the intake refuses it.
            return null;
        }
        catch (InvalidOperationException)
        {
            throw new TributaryException(
                "identifier_invalid",
                "The external id holds half of a surrogate pair; allowed: 1 to 512 bytes of UTF-8 without U+0000.");
        }
    }

    private static JsonElement Follow(JsonElement value, JsonPointer pointer)
    {
        foreach (var step in pointer.Steps)
        {
            value = value.ValueKind switch
            {
                JsonValueKind.Object when value.TryGetProperty(step, out var field) => field,
                JsonValueKind.Array
                    when int.TryParse(step, out var index) && index >= 0 && index < value.GetArrayLength() => value[
                    index
                ],
                _ => default,
            };
            if (value.ValueKind == JsonValueKind.Undefined)
                break;
        }

        return value;
    }
}
