using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// The distinct connections mode of the GraphQL over server-sent events protocol: one operation per request, results as
/// <c>next</c> events, at last <c>complete</c>. A refused operation is one <c>next</c> with errors, because browsers'
/// event sources cannot read other answers.
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
        SlowClients.Allow(http);
        var results = engine.SubscribeAsync(request, aborted).GetAsyncEnumerator(aborted);
        var next = Task.FromResult(false);
        try
        {
            await http.Response.StartAsync(aborted);
            await Flush(http);
            while (true)
            {
                next = results.MoveNextAsync().AsTask();
                while (!await IsReady(next)) await Write(http, Comment);
                if (!await next) break;
                WriteNext(http, results.Current);
                await Flush(http);
            }
            await Write(http, Complete);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client is gone: what ends the subscription is below, and nobody is left to tell.
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        finally
        {
            // A stream cannot be disposed while it runs. One that waits is ended by the end of the request.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await results.DisposeAsync();
        }
    }

    /// <summary>False when the stream stays silent for so long that it needs a sign of life.</summary>
    private async ValueTask<bool> IsReady(Task<bool> next)
    {
        if (next.IsCompleted) return true;
        try
        {
            await next.WaitAsync(options.EventStreamKeepAlive, engine.Options.Time);
            return true;
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            return false;
        }
    }

    private ValueTask Write(HttpContext http, ReadOnlySpan<byte> bytes)
    {
        http.Response.BodyWriter.Write(bytes);
        return Flush(http);
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="TimeoutException">The client did not take it for too long.</exception>
    private async ValueTask Flush(HttpContext http)
    {
        var flushing = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        if (!flushing.IsCompletedSuccessfully)
            await flushing.AsTask().WaitAsync(options.SendTimeout, engine.Options.Time);
    }

    private static void WriteNext(HttpContext http, ExecutionResult result)
    {
        http.Response.BodyWriter.Write("event: next\ndata: "u8);
        result.WriteTo(http.Response.BodyWriter);
        http.Response.BodyWriter.Write("\n\n"u8);
    }
}
