using System.Text.Json;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Storage.Generations;
using Tributary.Storage.Indexing;

namespace Tributary.Pipeline.Contributions;

/// <summary>A path whose values are indexed.</summary>
/// <param name="Id">The id under which the path is registered.</param>
public sealed record IndexedPath(int Id, JsonPointer Pointer)
{
    /// <summary>
    /// The most paths that one configuration may name; silos with other paths extract these as well, and those of all
    /// together are at most <see cref="StoredDefinitions.MaxIndexedPathsCount"/>.
    /// </summary>
    public const int MaxCount = 16;

    /// <summary>For error messages: what the pointer of an indexed path may be.</summary>
    public static string Allowed { get; } =
        $"a JSON pointer (RFC 6901) to a value within the body, such as /place/name, of at most {Identifiers.MaxBytes} "
        + "bytes of UTF-8 without U+0000, each once";

    public static IndexedPath Of(IndexedPathRow stored) => new(stored.Id, JsonPointer.Parse(stored.Pointer));

    /// <summary>True when every store can keep the pointer.</summary>
    public static bool IsAllowed(JsonPointer pointer) =>
        pointer.Steps.Count > 0 && Identifiers.Fault(pointer.Text) is null;
}

/// <summary>Makes index keys of a body's values at the indexed paths.</summary>
internal static class IndexedValues
{
    /// <summary>The values found in the body; all their keys share one block of memory.</summary>
    public static IndexedValue[] Of(
        (int Path, int Slot)[] indexed, ReadOnlySpan<FoundValue> found, ReadOnlySpan<byte> body)
    {
        if (indexed.Length == 0)
            return [];

        // About 9 KiB at the most paths that there may be.
        Span<byte> keys = stackalloc byte[indexed.Length * IndexKey.MaxBytes];
        Span<(int Path, int End)> ends = stackalloc (int, int)[indexed.Length];
        var (count, length) = (0, 0);
        foreach (var (path, slot) in indexed)
        {
            if (found[slot] is not { Type: not JsonTokenType.None } value)
                continue;

            length += IndexKey.Write(value.Type, value.Of(body), value.IsEscaped, keys[length..], out _);
            ends[count++] = (path, length);
        }

        if (count == 0)
            return [];

        var (values, block) = (new IndexedValue[count], keys[..length].ToArray());
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            values[i] = new IndexedValue(ends[i].Path, block.AsMemory(start, ends[i].End - start));
            start = ends[i].End;
        }

        return values;
    }
}
