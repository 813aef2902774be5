using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Http;

/// <summary>Reads a request's body, unchanged, into one array of its size.</summary>
internal static class BodyReader
{
    /// <exception cref="TributaryException"><c>body_too_large</c>, <c>body_incomplete</c>.</exception>
    public static ValueTask<byte[]> ReadAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength is not { } length)
            return ReadChunkedAsync(context, maxBytes);
        if (length > maxBytes)
            throw TooLarge(length.ToString(), maxBytes);

        var reader = context.Request.BodyReader;
        var body = new byte[length];
        // A small body arrived together with its headers, so reading it needs no state machine.
        if (!reader.TryRead(out var read))
            return ReadOnAsync(context, body, 0);

        if (read.Buffer.Length < length)
        {
            var filled = Copy(read.Buffer, body);
            reader.AdvanceTo(read.Buffer.End);
            return ReadOnAsync(context, body, filled);
        }

        read.Buffer.Slice(0, length).CopyTo(body);
        reader.AdvanceTo(read.Buffer.GetPosition(length));
        return new(body);
    }

    private static async ValueTask<byte[]> ReadOnAsync(HttpContext context, byte[] body, int filled)
    {
        var reader = context.Request.BodyReader;
        while (filled < body.Length)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            filled += Copy(read.Buffer, body.AsSpan(filled));
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted && filled < body.Length)
                throw new TributaryException(
                    "body_incomplete", $"The body has {filled} bytes; announced: {body.Length}.");
        }

        return body;
    }

    private static async ValueTask<byte[]> ReadChunkedAsync(HttpContext context, int maxBytes)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge($"more than {maxBytes}", maxBytes);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static int Copy(in ReadOnlySequence<byte> from, Span<byte> to)
    {
        var length = (int)Math.Min(from.Length, to.Length);
        from.Slice(0, length).CopyTo(to);
        return length;
    }

    private static TributaryException TooLarge(string found, int maxBytes) =>
        new("body_too_large", $"The body has {found} bytes; allowed: at most {maxBytes}.");
}
