using System.Buffers.Binary;

namespace Tributary.Grains.Reminders;

/// <summary>
/// What the row of a precise reminder holds: a format version, the due time and the period in ticks (100 ns), and the
/// bytes of the author.
/// </summary>
public sealed record PreciseReminderPayload(DateTimeOffset Due, TimeSpan Period, ReadOnlyMemory<byte> Payload)
{
    private const byte Version = 1;
    private const int HeadLength = 1 + (2 * sizeof(long));

    /// <summary>The next due time that is a whole number of periods after this one and has not passed.</summary>
    public PreciseReminderPayload After(DateTimeOffset now)
    {
        var passed = Math.Max(0, (now - Due).Ticks / Period.Ticks);
        return this with { Due = Due + (Period * (passed + 1)) };
    }

    public byte[] Write()
    {
        var bytes = new byte[HeadLength + Payload.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), Due.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1 + sizeof(long)), Period.Ticks);
        Payload.Span.CopyTo(bytes.AsSpan(HeadLength));
        return bytes;
    }

    /// <exception cref="FormatException">A newer build wrote the bytes, or they are damaged.</exception>
    public static PreciseReminderPayload Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeadLength || span[0] != Version)
        {
            throw new FormatException(
                $"Found {span.Length} bytes of a precise reminder that begin with "
                + $"{(span.IsEmpty ? "nothing" : $"{span[0]}")}; allowed: at least {HeadLength} of format {Version}.");
        }

        return new PreciseReminderPayload(
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(span[1..]), TimeSpan.Zero),
            new TimeSpan(BinaryPrimitives.ReadInt64BigEndian(span[(1 + sizeof(long))..])), bytes[HeadLength..]);
    }
}
