using System.Buffers.Binary;
using System.Text.Json;
using Tributary.Messages;

namespace Tributary.Storage.Indexing;

/// <summary>
/// Values of JSON as keys of an index. Compared byte by byte, keys of one type have the order of the values: numbers as
/// exact decimals, strings as UTF-8. Equal values have equal keys, but not the other way round: numbers of very many
/// digits are cut, the ends of long strings are hashed, and of arrays and objects a key tells only that they are such.
/// Whoever finds by key checks what was found.
/// </summary>
/// <remarks>Keys are stored: their format never changes.</remarks>
public static class IndexKey
{
    /// <summary>The longest key.</summary>
    public const int MaxBytes = 1 + MaxTextBytes;

    /// <summary>
    /// Strings of fewer bytes of UTF-8 are their own keys. The key of a longer one has so many: its start, and a hash
    /// of all of it, so that strings that begin alike are told apart.
    /// </summary>
    public const int MaxTextBytes = 128;

    private const int HashBytes = 16;
    private const int CutTextBytes = MaxTextBytes - HashBytes;

    /// <summary>A bound below every key.</summary>
    public static byte[] Lowest => [0x00];

    /// <summary>A bound above every key.</summary>
    public static byte[] Highest => [0xFF];

    /// <summary>Writes the key of a value; returns its length.</summary>
    /// <param name="text">
    /// A number, or what stands between the quotes of a string; of no matter for other types.
    /// </param>
    /// <param name="isEscaped">True for a string with escapes.</param>
    /// <param name="target">Room for <see cref="MaxBytes"/>.</param>
    /// <param name="isExact">True when only equal values have this key.</param>
    public static int Write(
        JsonTokenType type, ReadOnlySpan<byte> text, bool isEscaped, Span<byte> target, out bool isExact)
    {
        target[0] = Tag(type);
        isExact = type is not (JsonTokenType.StartArray or JsonTokenType.StartObject);
        return type switch
        {
            JsonTokenType.Number => 1 + NumberKey.Write(new JsonNumber(text), target[1..], out isExact),
            JsonTokenType.String => 1
                + WriteText(isEscaped ? JsonStrings.Unescape(text) : text, target[1..], out isExact),
            _ => 1,
        };
    }

    /// <summary>A key of its own; see <see cref="Write"/>.</summary>
    public static byte[] Of(JsonTokenType type, ReadOnlySpan<byte> text, bool isEscaped, out bool isExact)
    {
        Span<byte> key = stackalloc byte[MaxBytes];
        return key[..Write(type, text, isEscaped, key, out isExact)].ToArray();
    }

    /// <summary>A bound, inclusive, that no key of a number or string at or above this one lies below.</summary>
    public static byte[] AtOrAbove(JsonTokenType type, ReadOnlySpan<byte> text, bool isEscaped)
    {
        var key = Of(type, text, isEscaped, out _);
        return MayMeetHash(type, key) ? key[..(1 + CutTextBytes)] : key;
    }

    /// <summary>A bound, exclusive, that every key of a number or string at or below this one lies below.</summary>
    public static byte[] AtOrBelow(JsonTokenType type, ReadOnlySpan<byte> text, bool isEscaped)
    {
        var key = Of(type, text, isEscaped, out _);
        if (!MayMeetHash(type, key))
            // The next key after this one.
            return [.. key, 0];

        // After all strings that begin so. No byte of UTF-8 is 0xFF, so that the next byte exists.
        key = key[..(1 + CutTextBytes)];
        key[^1]++;
        return key;
    }

    /// <summary>The first bound of the keys of a type, inclusive.</summary>
    public static byte[] StartOf(JsonTokenType type) => [Tag(type)];

    /// <summary>The end of the keys of a type, exclusive.</summary>
    public static byte[] EndOf(JsonTokenType type) => [(byte)(Tag(type) + 1)];

    /// <summary>True for a string that reaches to where hashes stand in others, which have no order.</summary>
    private static bool MayMeetHash(JsonTokenType type, byte[] key) =>
        type == JsonTokenType.String && key.Length > 1 + CutTextBytes;

    private static int WriteText(ReadOnlySpan<byte> text, Span<byte> target, out bool isExact)
    {
        // As no string of this length is its own key, none looks like the start and the hash of another.
        isExact = text.Length < MaxTextBytes;
        if (isExact)
        {
            text.CopyTo(target);
            return text.Length;
        }

        text[..CutTextBytes].CopyTo(target);
        BinaryPrimitives.WriteUInt128BigEndian(target[CutTextBytes..], ExternalKey.Sha256Prefix(text));
        return MaxTextBytes;
    }

    private static byte Tag(JsonTokenType type) => type switch
    {
        JsonTokenType.Null => 0x10,
        JsonTokenType.False => 0x20,
        JsonTokenType.True => 0x21,
        JsonTokenType.Number => 0x30,
        JsonTokenType.String => 0x40,
        JsonTokenType.StartArray => 0x50,
        JsonTokenType.StartObject => 0x60,
        _ => throw new ArgumentException($"A {type} is no value.", nameof(type)),
    };
}
