using System.Net;

namespace Tributary.Connectors.Http;

/// <summary>
/// Sends requests to a store within its limits. Turns answers into content and failures into
/// <see cref="ConnectorException"/>.
/// </summary>
internal sealed class StoreClient(HttpMessageHandler handler, StoreLimits limits, Faults faults, TimeProvider time)
    : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(handler);

    /// <summary>A handler for a store that the operator has configured, and that may lie inside the network.</summary>
    /// <param name="isInsecure">True accepts every certificate.</param>
    public static SocketsHttpHandler TrustedHandler(StoreLimits limits, bool isInsecure = false)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = limits.Connect,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
#pragma warning disable CA5359 // The operator asks for it by name.
        if (isInsecure)
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return handler;
    }

    /// <summary>The headers of the answer, whatever its status; the body is not read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, string location, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limits.Answer, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await invoker.SendAsync(request, both.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (Connectors.Faults.AreOf(error))
        {
            throw faults.OfException(location, error);
        }
    }

    /// <summary>The body of an answer as content, which then owns the answer.</summary>
    /// <exception cref="ConnectorException">The status is not 200.</exception>
    public async ValueTask<ContentSource> OpenBodyAsync(
        HttpResponseMessage answer, string location, CancellationToken cancellation)
    {
        try
        {
            if (answer.StatusCode != HttpStatusCode.OK)
                throw faults.OfStatus(location, answer.StatusCode);
            var headers = answer.Content.Headers;
            var body = await answer.Content.ReadAsStreamAsync(cancellation);
            return new ContentSource(
                Wrap(body, headers.ContentLength, location, answer),
                headers.ContentLength,
                headers.ContentType?.MediaType?.ToLowerInvariant());
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>A body within the time limits.</summary>
    public StoreStream Wrap(Stream body, long? length, string location, IDisposable? owner = null) =>
        new(body, owner, length, location, faults, limits, time);

    /// <summary>Reads a whole body of at most <paramref name="maxBytes"/> into memory.</summary>
    public static async ValueTask<byte[]> ReadAllAsync(
        ContentSource source, int maxBytes, Func<string, ConnectorException> tooLarge, CancellationToken cancellation)
    {
        if (source.Length > maxBytes)
            throw tooLarge($"{source.Length} bytes");
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await source.Stream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            if (body.Length + count > maxBytes)
                throw tooLarge($"more than {maxBytes} bytes");
            body.Write(buffer, 0, count);
        }

        return body.ToArray();
    }

    public void Dispose() => invoker.Dispose();
}
