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
/// The numbered lines of a batch, each with bytes of its own, as they wait while later lines are read. A line that is
/// too long is skipped without being held in memory; the next line is read as usual.
/// </summary>
internal sealed class BatchLines(PipeReader reader, int maxBytes)
{
    private ReadOnlySequence<byte> buffer;
    private bool hasRead;
    private bool isCompleted;
    private bool isSkipping;
    private long number;

    /// <summary>Takes the next whole line that has arrived, if there is one.</summary>
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

        // The byte after the longest allowed line may be a carriage return.
        if (isSkipping || buffer.Length > maxBytes + 1L)
        {
            isSkipping = true;
            buffer = buffer.Slice(buffer.End);
        }

        return false;
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
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
