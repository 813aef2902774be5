namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Lets equal keys of aggregates share one string. A fixed table without locks: a race loses an entry, never gives a
/// wrong one, because each entry is compared in full and a reference is written whole.
/// </summary>
internal sealed class KeyCache
{
    /// <summary>How many keys are held.</summary>
    public const int EntriesCount = 8192;

    /// <summary>Longer keys are not held.</summary>
    public const int MaxChars = 256;

    private readonly string?[] entries = new string?[EntriesCount];

    public string Get(ReadOnlySpan<char> key)
    {
        if (key.Length > MaxChars)
            return new string(key);

        ref var entry = ref entries[string.GetHashCode(key, StringComparison.Ordinal) & (EntriesCount - 1)];
        var found = entry;
        if (found is null || !key.SequenceEqual(found))
            entry = found = new string(key);
        return found;
    }
}
