using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Api.Messages;
using Tributary.Items;

namespace Tributary.Api.Processing;

/// <summary>
/// <c>POST /messages/{id}/retry</c> and <c>POST /messages/{id}/park</c>: changes the failures of one message.
/// Its item decides, so two requests at once change it once.
/// </summary>
/// <param name="change">
/// Takes the item, the message's sequence and the plugins (null: all); returns the plugins whose shares it changed.
/// </param>
internal sealed class ChangeMessage(
    ApiNode node, Func<IItemGrain, long, IReadOnlyList<string>?, Task<IReadOnlyList<string>>> change)
{
    public async Task InvokeAsync(HttpContext context)
    {
        BareRequest.Check(context.Request);
        var parameters = new Parameters(context.Request, "plugin");
        var message = await GetMessage.FindAsync(node, context);
        IReadOnlyList<string>? plugins = parameters.Text("plugin") is { } plugin ? [plugin] : null;
        var changed = await change(node.Grains.GetGrain<IItemGrain>(message.Item), message.ItemSequence, plugins);
        await ApiJson.WriteAsync(context, new MessageChangeBody(changed), ApiJson.Default.MessageChangeBody);
    }
}
