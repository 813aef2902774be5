using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// The distinct connections mode of the GraphQL over Server-Sent Events protocol: one operation per request, results as
/// <c>next</c> events, then <c>complete</c>. A refused operation is one <c>next</c> with errors, because a browser's
/// EventSource cannot read an HTTP error.
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
            // The client is gone: the code below ends the subscription, and nobody is left to tell.
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        finally
        {
            // An enumerator cannot be disposed while it runs. The end of the request ends one that waits.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await results.DisposeAsync();
        }
    }

    /// <summary>False when the stream was silent so long that it needs a keep-alive comment.</summary>
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

    /// <summary>Flushes the written bytes to the client.</summary>
    /// <exception cref="TimeoutException">The client did not take the bytes in time.</exception>
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
