namespace Tributary.Plugins.Exec;

/// <summary>
/// The lines that a program writes, each seen where it was read into; the caller decides about a line that is too long.
/// For one reader at a time.
/// </summary>
/// <param name="maxBytes">The longest line, without its line break.</param>
internal sealed class ProgramLines(Stream stream, int maxBytes)
{
    // One byte more than a line may have: the byte after a line of the greatest length
    // shows whether the line ends there.
    private byte[] buffer = new byte[(int)Math.Min(4L << 10, maxBytes + 1L)];
    private int start;
    private int end;

    /// <summary>
    /// The next line without its line break, valid until the next call; null at the end of the stream.
    /// An unfinished last line is dropped.
    /// </summary>
    /// <exception cref="InvalidDataException">The line is longer than allowed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = buffer.AsMemory(start, searched + at);
                start += searched + at + 1;
                return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            }

            searched = end - start;
            if (searched > maxBytes)
                throw new InvalidDataException($"a line of more than {maxBytes} bytes");
            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            if (read == 0)
                return null;
            end += read;
        }
    }

    /// <summary>
    /// Cuts a line that is too long: returns as many bytes as a line may have and leaves the rest as the next line.
    /// </summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = buffer.AsMemory(start, Math.Min(end - start, maxBytes));
        start += taken.Length;
        return taken;
    }

    private void MakeRoom()
    {
        if (end < buffer.Length)
            return;

        var length = end - start;
        if (start == 0)
            Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
        else
            Buffer.BlockCopy(buffer, start, buffer, 0, length);
        (start, end) = (0, length);
    }
}
