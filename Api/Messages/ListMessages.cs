using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Feed;
using Tributary.Storage.Messages;

namespace Tributary.Api.Messages;

/// <summary>
/// <c>GET /messages</c>: pages, newest first, frozen by a horizon; or the messages after a cursor, oldest first, at a
/// cost that does not grow with the position.
/// </summary>
internal sealed class ListMessages(ApiNode node, ApiOptions options)
{
    public const int MaxLimit = 100;
    public const int MaxOffset = 100_000;

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Query.ContainsKey("after") ? RunAsync(context) : PageAsync(context);

    private async Task PageAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "offset", "limit", "paginationId");
        var offset = parameters.RequiredNumber("offset", 0, long.MaxValue);
        var limit = LimitOf(parameters);
        if (offset > MaxOffset)
        {
            throw new TributaryException(
                "offset_too_large",
                $"The parameter 'offset' is {offset}; allowed: at most {MaxOffset}. To read further, use "
                + $"after={Cursor.Start} and then after with the cursor of each answer's next.");
        }

        var horizon = await node.Messages.ReadHorizonAsync(context.RequestAborted);
        var below = parameters.Number("paginationId", 0, long.MaxValue) is { } frozen ? new Position(frozen) : horizon;
        if (below > horizon)
            throw Parameters.Invalid("paginationId", below.ToString(), "the paginationId of an earlier page");

        var messages = await node.Messages.ReadNewestAsync(below, (int)offset, limit, context.RequestAborted);
        var total = await node.Messages.CountBelowAsync(below, context.RequestAborted);
        var end = new Position(Math.Max(0, below.Value - 1));
        var page = new MessagePage(
            offset,
            limit,
            below.Value.ToString(CultureInfo.InvariantCulture),
            total,
            new Cursor(node.History, end).ToString(),
            messages.Select(message => new RawJson(message.Body)).ToList());
        await ApiJson.WriteAsync(context, page, ApiJson.Default.MessagePage);
    }

    private async Task RunAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "after", "limit", "cursors");
        var after = Cursor.Parse(parameters.Required("after", Cursor.Allowed), node.History);
        var limit = LimitOf(parameters);
        var withCursors = parameters.Flag("cursors");
        var slice = await node.Messages.ReadAfterAsync(after, limit, options.MaxPageBytes, context.RequestAborted);
        // Without new messages, next is the cursor of the request.
        var next = CursorOf(slice.Messages.Count == 0 ? after : slice.Messages[^1].Position);
        if (withCursors)
        {
            var run = new MessageRunWithCursors(slice.Messages.Select(WithCursor).ToList(), next, slice.Complete);
            await ApiJson.WriteAsync(context, run, ApiJson.Default.MessageRunWithCursors);
        }
        else
        {
            var run = new MessageRun(
                slice.Messages.Select(message => new RawJson(message.Body)).ToList(), next, slice.Complete);
            await ApiJson.WriteAsync(context, run, ApiJson.Default.MessageRun);
        }
    }

    private MessageWithCursor WithCursor(StoredMessage message) =>
        new(CursorOf(message.Position), new RawJson(message.Body));

    private string CursorOf(Position position) => new Cursor(node.History, position).ToString();

    private static int LimitOf(in Parameters parameters) =>
        (int)Math.Min(MaxLimit, parameters.RequiredNumber("limit", 1, int.MaxValue));
}
