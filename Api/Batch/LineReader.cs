using System.Buffers;
using System.IO.Pipelines;

namespace Tributary.Api.Batch;

/// <summary>One line of a batch.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Body">The line without its end, in an array of its own; empty when it is too long.</param>
internal readonly record struct Line(long Number, byte[] Body, bool IsTooLong)
{
    public bool IsBlank => !IsTooLong && Body.AsSpan().IndexOfAnyExcept(" \t\r"u8) < 0;
}

/// <summary>
/// Cuts a stream of bytes at line feeds. A line that is too long is skipped without holding it, and the next one is
/// read as if nothing had been.
/// </summary>
internal sealed class LineReader(PipeReader reader, int maxBytes)
{
    private ReadOnlySequence<byte> buffer;
    private bool hasRead;
    private bool isCompleted;
    private bool isSkipping;
    private long number;

    /// <summary>The next line of what has come, if there is a whole one.</summary>
    public bool TryRead(out Line line)
    {
        line = default;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = Cut(buffer.Slice(0, end));
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        if (isCompleted)
        {
            if (buffer.IsEmpty && !isSkipping)
                return false;
            line = Cut(buffer);
            buffer = buffer.Slice(buffer.End);
            return true;
        }

        // One byte more than allowed may be a carriage return.
        if (isSkipping || buffer.Length > maxBytes + 1L)
        {
            isSkipping = true;
            buffer = buffer.Slice(buffer.End);
        }

        return false;
    }

    /// <summary>Waits for more; false when there is none.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (hasRead)
            reader.AdvanceTo(buffer.Start, buffer.End);
        hasRead = false;
        if (isCompleted)
            return false;

        var read = await reader.ReadAsync(cancellation);
        (buffer, isCompleted, hasRead) = (read.Buffer, read.IsCompleted, true);
        return true;
    }

    private Line Cut(in ReadOnlySequence<byte> content)
    {
        number++;
        var wasSkipping = isSkipping;
        isSkipping = false;
        var length = content.Length;
        if (!wasSkipping && length > 0 && content.Slice(length - 1).FirstSpan[0] == '\r')
            length--;
        return wasSkipping || length > maxBytes
            ? new Line(number, [], true)
            : new Line(number, content.Slice(0, length).ToArray(), false);
    }
}
