using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tributary.Api.Errors;
using Tributary.Api.Messages;
using Tributary.Items;

namespace Tributary.Api.Batch;

/// <summary>Writes one result per line, in the order of the lines, as soon as each is known.</summary>
internal sealed class BatchResults(BatchWindow window, BatchOutput output, Guid history, Action<Exception> onUnexpected)
{
    private const int SendAfterCount = 256;

    public async Task RunAsync()
    {
        var unsent = 0;
        while (await window.Lines.WaitToReadAsync())
        {
            while (window.Lines.TryRead(out var line))
            {
                // Known results leave before the wait for the next one.
                if (!line.Receipt.IsCompleted || unsent == SendAfterCount)
                {
                    output.Send();
                    unsent = 0;
                }

                await WriteAsync(line);
                window.Release(line);
                await output.WaitForRoomAsync();
                unsent++;
            }

            output.Send();
        }

        await output.FlushAsync();
    }

    private async ValueTask WriteAsync(PendingLine line)
    {
        var error = line.Error;
        if (error is null)
        {
            try
            {
                var receipt = await line.Receipt;
                output.Add(ReceiptWriter.MaxLength(receipt) + 64, (line.Number, receipt, history), WriteReceipt);
                return;
            }
            catch (Exception thrown)
            {
                error = thrown;
            }
        }

        var problem = Problem.Of(error);
        if (problem.Status == 500)
            onUnexpected(error);
        output.Add(256 + problem.Detail.Length * 6, (line.Number, problem), WriteProblem);
    }

    private static int WriteReceipt(Memory<byte> to, (long Number, Receipt Receipt, Guid History) result)
    {
        var span = to.Span;
        var at = WriteStart(span, result.Number, StatusAccepted);
        span[at++] = (byte)',';
        at += ReceiptWriter.WriteFields(span[at..], result.Receipt, result.History);
        return ReceiptWriter.Append(span, at, "}\n"u8);
    }

    private static int WriteProblem(Memory<byte> to, (long Number, Problem Problem) result)
    {
        var span = to.Span;
        var at = WriteStart(span, result.Number, result.Problem.Status);
        at = ReceiptWriter.Append(span, at, ",\"code\":\""u8);
        at += System.Text.Encoding.UTF8.GetBytes(result.Problem.Code, span[at..]);
        at = ReceiptWriter.Append(span, at, "\",\"detail\":\""u8);
        var detail = JsonEncodedText.Encode(result.Problem.Detail, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        at = ReceiptWriter.Append(span, at, detail.EncodedUtf8Bytes);
        return ReceiptWriter.Append(span, at, "\"}\n"u8);
    }

    private const int StatusAccepted = 202;

    private static int WriteStart(Span<byte> to, long number, int status)
    {
        var at = ReceiptWriter.Append(to, 0, "{\"line\":"u8);
        Utf8Formatter.TryFormat(number, to[at..], out var written);
        at = ReceiptWriter.Append(to, at + written, ",\"status\":"u8);
        Utf8Formatter.TryFormat(status, to[at..], out written);
        return at + written;
    }
}
