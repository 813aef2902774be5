using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tributary.Api.Http;
using Tributary.Api.Messages;
using Tributary.Items;
using Tributary.Pipeline.Intake;

namespace Tributary.Api.Batch;

/// <summary>
/// <c>POST /messages/batch</c>: newline-delimited JSON in, one result per line out, both streamed. Lines wait in the
/// connection while the window is full. Results leave as soon as they are known.
/// </summary>
internal sealed partial class PostBatch(
    ApiNode node, ApiOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PostBatch> logger)
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500));

    private int batchesCount;

    public async Task InvokeAsync(HttpContext context)
    {
        var source = PostMessage.SourceOf(context.Request);
        var key = PostMessage.KeyOf(context.Request);
        BodyTypes.CheckLines(context.Request);
        LiftRates(context);

        context.Response.ContentType = BodyTypes.Lines[0];
        var window = new BatchWindow(options);
        var output = new BatchOutput(context.Response.BodyWriter, options.BatchResultBytes, context.RequestAborted);
        var results = new BatchResults(window, output, node.History, LogFailed).RunAsync();
        try
        {
            await ReadAsync(context, window, source, key);
        }
        finally
        {
            window.Complete();
            await results;
        }
    }

    private async Task ReadAsync(HttpContext context, BatchWindow window, string source, string? key)
    {
        var lines = new BatchLines(context.Request.BodyReader, options.MaxBodyBytes);
        // The lines of a batch that speak of one item stay in order.
        var order = Interlocked.Increment(ref batchesCount) & int.MaxValue;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        var blanks = new Queue<long>();
        try
        {
            while (true)
            {
                while (lines.TryRead(out var line))
                {
                    // Blank lines at the end are ignored; a blank line before another line is a bad line.
                    if (line.IsBlank && blanks.Count < options.BatchWindowCount)
                    {
                        blanks.Enqueue(line.Number);
                        continue;
                    }

                    while (blanks.TryDequeue(out var blank))
                        await AddAsync(window, new Line(blank, [], false), source, key, order, context.RequestAborted);
                    await AddAsync(window, line, source, key, order, context.RequestAborted);
                }

                end.CancelAfter(options.BatchIdleTimeout);
                if (!await lines.FillAsync(end.Token))
                    return;
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The server stops, or the client paused for too long. Every line that was read is answered, so the
            // producer sees where to go on.
            LogCut(lifetime.ApplicationStopping.IsCancellationRequested ? "the server stops" : "nothing came for long");
        }
    }

    private async ValueTask AddAsync(
        BatchWindow window, Line line, string source, string? key, int order, CancellationToken cancellation)
    {
        await window.WaitForRoomAsync(line.Body.Length, cancellation);
        Exception? error = null;
        ValueTask<Receipt> receipt = default;
        try
        {
            if (line.IsTooLong)
                throw new TributaryException(
                    "body_too_large",
                    $"The line has more than {options.MaxBodyBytes} bytes; allowed: at most that many.");
            if (line.IsBlank)
                throw new TributaryException(
                    "body_not_json",
                    "The line is blank; allowed: one JSON object per line, and blank lines at the end.");

            var request = new IntakeRequest
            {
                Source = source,
                Body = line.Body,
                ExternalId = key is null ? null : $"{key}/{line.Number}",
                Order = order,
            };
            receipt = await SendAsync(request, cancellation);
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException)
        {
            error = thrown;
        }

        window.Add(new PendingLine(line.Number, line.Body.Length, receipt, error));
    }

    /// <summary>
    /// Sends a line. A full silo makes the batch wait instead of failing its lines. The order stays: the silo refuses
    /// before it takes the line, and the batch sends nothing else meanwhile.
    /// </summary>
    private async ValueTask<ValueTask<Receipt>> SendAsync(IntakeRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return node.BulkIntake.AcceptAsync(request);
            }
            catch (OverloadedException) when (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await Task.Delay(Retries.After(attempt), time, cancellation);
            }
        }
    }

    /// <summary>Kestrel's rates do not fit a batch, which may pause or read late within limits of its own.</summary>
    private static void LiftRates(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requests)
            requests.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responses)
            responses.MinDataRate = null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }
}
