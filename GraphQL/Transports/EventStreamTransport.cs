using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// The distinct connections mode of the GraphQL over server-sent events protocol: one operation per request, results as <c>next</c> events, at last <c>complete</c>.
/// A refused operation is one <c>next</c> with errors, because browsers' event sources cannot read other answers.
/// </summary>
internal sealed class EventStreamTransport(GraphQLEngine engine, GraphQLHttpOptions options)
{
    private static readonly byte[] Complete = Encoding.UTF8.GetBytes("event: complete\ndata: \n\n");
    private static readonly byte[] Comment = Encoding.UTF8.GetBytes(":\n\n");

    public async Task Stream(HttpContext http, GraphQLRequest request)
    {
        var aborted = http.RequestAborted;
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(aborted);
        await http.Response.BodyWriter.FlushAsync(aborted);
        try
        {
            await using var results = engine.SubscribeAsync(request, aborted).GetAsyncEnumerator(aborted);
            while (true)
            {
                var next = results.MoveNextAsync().AsTask();
                while (!await IsReady(next, aborted)) await http.Response.BodyWriter.WriteAsync(Comment, aborted);
                if (!await next) break;
                WriteNext(http, results.Current);
                await http.Response.BodyWriter.FlushAsync(aborted);
            }
            await http.Response.BodyWriter.WriteAsync(Complete, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client is gone: disposing the enumerator has ended the subscription, and nobody is left to tell.
        }
    }

    /// <summary>False when the stream stays silent for so long that it needs a sign of life.</summary>
    private async ValueTask<bool> IsReady(Task<bool> next, CancellationToken aborted)
    {
        if (next.IsCompleted) return true;
        try
        {
            await next.WaitAsync(options.EventStreamKeepAlive, engine.Options.Time, aborted);
            return true;
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            return false;
        }
    }

    private static void WriteNext(HttpContext http, ExecutionResult result)
    {
        http.Response.BodyWriter.Write("event: next\ndata: "u8);
        result.WriteTo(http.Response.BodyWriter);
        http.Response.BodyWriter.Write("\n\n"u8);
    }
}
