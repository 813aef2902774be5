using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Feed;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Api.Messages;

/// <summary>Writes receipts by hand, so that the hot path of accepting a message allocates nothing.</summary>
internal static class ReceiptWriter
{
    private const int IdLength = 36;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@ ");

    /// <summary>Answers 202 with <c>{"id":…,"item":…,"cursor":…}</c>.</summary>
    public static async Task WriteAsync(HttpContext context, Receipt receipt, Guid history)
    {
        var response = context.Response;
        var buffer = ArrayPool<byte>.Shared.Rent(MaxLength(receipt));
        var length = Write(buffer, receipt, history);
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = MediaTypes.Json;
        response.ContentLength = length;
        await response.BodyWriter.WriteAsync(buffer.AsMemory(0, length), context.RequestAborted);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>The bytes of the longest receipt of this item: an escaped character takes at most six bytes.</summary>
    public static int MaxLength(Receipt receipt) => 128 + receipt.Item.Length * 6;

    /// <summary>Writes the receipt's object; returns its length.</summary>
    public static int Write(Span<byte> to, Receipt receipt, Guid history)
    {
        var at = WriteFields(to[1..], receipt, history);
        to[0] = (byte)'{';
        to[at + 1] = (byte)'}';
        return at + 2;
    }

    /// <summary>Writes the fields of the receipt without braces; returns their length.</summary>
    public static int WriteFields(Span<byte> to, Receipt receipt, Guid history)
    {
        var at = Append(to, 0, "\"id\":\""u8);
        receipt.Id.Value.TryFormat(to[at..], out _);
        at = Append(to, at + IdLength, "\",\"item\":\""u8);
        at += WriteText(to[at..], receipt.Item);
        at = Append(to, at, "\",\"cursor\":\""u8);
        new Cursor(history, receipt.Position).Write(to[at..]);
        return Append(to, at + Cursor.TextLength, "\""u8);
    }

    public static int Append(Span<byte> to, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }

    private static int WriteText(Span<byte> to, string text)
    {
        // Fast path: most ids need no escapes.
        if (text.AsSpan().IndexOfAnyExcept(Plain) < 0)
            return Encoding.UTF8.GetBytes(text, to);

        var escaped = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
        escaped.CopyTo(to);
        return escaped.Length;
    }
}
