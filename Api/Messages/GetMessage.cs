using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Runtime.Feed;

namespace Tributary.Api.Messages;

/// <summary><c>GET /messages/{id}</c>: one message and what became of it.</summary>
internal sealed class GetMessage(ApiNode node)
{
    // A message is stored in the round that also counts it: whatever can be read is completed.
    private const string Completed = "COMPLETED";

    public async Task InvokeAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        var text = (string)context.Request.RouteValues["id"]!;
        if (!MessageId.TryParse(text, out var id))
            throw Parameters.Invalid("id", text, "a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057");

        var message = await node.Log.FindAsync(id, context.RequestAborted)
            ?? throw new TributaryException("message_not_found", $"There is no message {id}.");
        var body = new MessageBody(
            message.Id.ToString(), Completed, message.Source, message.Item, message.ItemSequence, message.ReceivedAt, message.MediaType,
            new Cursor(node.History, message.Position).ToString(), new RawJson(message.Body));
        await ApiJson.WriteAsync(context, body, ApiJson.Default.MessageBody);
    }
}
