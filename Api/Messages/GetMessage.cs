using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Feed;
using Tributary.Messages;
using Tributary.Storage.Messages;

namespace Tributary.Api.Messages;

/// <summary><c>GET /messages/{id}</c>: one message with its status.</summary>
internal sealed class GetMessage(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        var message = await FindAsync(node, context);
        var unfinished = await node.Failures.FindPartsAsync([message.Position], context.RequestAborted);
        var status = unfinished.TryGetValue(message.Position, out var parts)
            ? MessagePart.StatusOf([.. parts.Select(part => part.Part)])
            : MessageStatus.Completed;
        var body = new MessageBody(
            message.Id.ToString(),
            status.ToString().ToUpperInvariant(),
            message.Source,
            message.Item,
            message.ItemSequence,
            message.ReceivedAt,
            message.MediaType,
            new Cursor(node.History, message.Position).ToString(),
            new RawJson(message.Body));
        await ApiJson.WriteAsync(context, body, ApiJson.Default.MessageBody);
    }

    /// <summary>The message that the route's <c>id</c> names.</summary>
    /// <exception cref="TributaryException"><c>parameter_invalid</c>, <c>message_not_found</c>.</exception>
    public static async ValueTask<StoredMessage> FindAsync(ApiNode node, HttpContext context)
    {
        var text = (string)context.Request.RouteValues["id"]!;
        if (!MessageId.TryParse(text, out var id))
            throw Parameters.Invalid("id", text, "a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057");
        return await node.Messages.FindAsync(id, context.RequestAborted)
            ?? throw new TributaryException("message_not_found", $"There is no message {id}.");
    }
}
