using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Tributary.Feed;

/// <summary>
/// A place in the order of one database, in the form that readers keep: opaque text of a format version, the database's
/// history and the position after which to go on, in base64url (RFC 4648, section 5).
/// </summary>
public readonly record struct Cursor(Guid History, Position Position)
{
    /// <summary>The length of a cursor's text.</summary>
    public const int TextLength = 34;

    /// <summary>Stands for the place before the first message.</summary>
    public const string Start = "start";

    private const byte Version = 1;
    private const int ByteCount = 25;

    /// <summary>The allowed forms of a cursor, for error messages.</summary>
    public const string Allowed = "a cursor that this server gave, or start";

    /// <summary>Reads a cursor of the database <paramref name="history"/>.</summary>
    /// <exception cref="TributaryException"><c>cursor_invalid</c> or <c>cursor_of_another_history</c>.</exception>
    public static Position Parse(string text, Guid history)
    {
        if (text == Start)
            return Position.Start;

        Span<byte> bytes = stackalloc byte[ByteCount];
        if (text.Length != TextLength
            || Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done
            || length != ByteCount
            || bytes[0] != Version
            || BinaryPrimitives.ReadInt64BigEndian(bytes[17..]) is not (>= 0 and var position))
        {
            throw new TributaryException("cursor_invalid", $"Found '{ErrorText.Cut(text, 40)}'; allowed: {Allowed}.");
        }

        return new Guid(bytes.Slice(1, 16), bigEndian: true) == history
            ? new Position(position)
            : throw new TributaryException(
                "cursor_of_another_history",
                $"Found '{text}', a cursor of another database or of this one before it was restored; allowed: "
                + $"{Allowed}.");
    }

    /// <summary>
    /// Writes the text as ASCII into <paramref name="destination"/>, which has room for <see cref="TextLength"/> bytes.
    /// </summary>
    public void Write(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[ByteCount];
        bytes[0] = Version;
        History.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], Position.Value);
        Base64Url.EncodeToUtf8(bytes, destination);
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[TextLength];
        Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
