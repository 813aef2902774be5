using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Makes the measure of one value. A missing value or null adds nothing; a value that cannot be measured is skipped.
/// </summary>
internal static class MeasureFactory
{
    private const ulong TextTag = 0x9E3779B97F4A7C15;
    private const ulong NumberTag = 0xC2B2AE3D27D4EB4F;
    private const ulong BooleanTag = 0x165667B19E3779F9;
    private const ulong BrokenTextTag = 0xD6E8FEB86659FD93;

    public static Measure Of(MeasureKind kind, int slot, ReadOnlySpan<byte> body, Scratch scratch)
    {
        var value = scratch.Found[slot];
        var isMissing = value.Type is JsonTokenType.None or JsonTokenType.Null;
        if (kind == MeasureKind.Distinct)
            return isMissing ? DistinctMeasure.Empty : Distinct(slot, value, body, scratch);

        var isNumber = value.Type == JsonTokenType.Number && scratch.TryNumber(slot, body);
        switch (kind)
        {
            case MeasureKind.Sum or MeasureKind.Mean:
                return isNumber ? new SumMeasure(1, scratch.Numbers[slot])
                    : isMissing ? SumMeasure.Empty
                    : SumMeasure.OneSkipped;
            case MeasureKind.Min:
                return isNumber ? new MinMeasure(scratch.Numbers[slot])
                    : isMissing ? MinMeasure.Empty
                    : MinMeasure.OneSkipped;
            case MeasureKind.Max:
                return isNumber ? new MaxMeasure(scratch.Numbers[slot])
                    : isMissing ? MaxMeasure.Empty
                    : MaxMeasure.OneSkipped;
            default:
                if (isNumber)
                    return QuantilesMeasure.Of(
                        double.Parse(value.Of(body), NumberStyles.Float, CultureInfo.InvariantCulture));
                return isMissing ? QuantilesMeasure.Empty : QuantilesMeasure.OneSkipped;
        }
    }

    private static DistinctMeasure Distinct(int slot, in FoundValue value, ReadOnlySpan<byte> body, Scratch scratch)
    {
        switch (value.Type)
        {
            case JsonTokenType.String when value.IsEscaped:
                return DistinctMeasure.Of(HashText(JsonText.Unescape(value.Of(body))));
            case JsonTokenType.String:
                return DistinctMeasure.Of(Hash(value.Of(body), TextTag));
            case JsonTokenType.Number when scratch.TryNumber(slot, body):
                return DistinctMeasure.Of(Hash(Encoding.ASCII.GetBytes(scratch.Numbers[slot].ToString()), NumberTag));
            case JsonTokenType.True or JsonTokenType.False:
                return DistinctMeasure.Of(Hash(value.Of(body), BooleanTag));
            default:
                return DistinctMeasure.OneSkipped;
        }
    }

    private static ulong HashText(string text) =>
        // UTF-8 cannot hold half a surrogate pair: such texts are told apart by their UTF-16.
        Identifiers.HasLoneSurrogate(text)
            ? Hash(MemoryMarshal.AsBytes(text.AsSpan()), BrokenTextTag)
            : Hash(Encoding.UTF8.GetBytes(text), TextTag);

    /// <summary>
    /// Stored with aggregates: never changes. The tag keeps 1 and "1" apart; the multiplication spreads the hash over
    /// all bits.
    /// </summary>
    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong tag)
    {
        var hash = XxHash64.HashToUInt64(bytes) ^ tag;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
