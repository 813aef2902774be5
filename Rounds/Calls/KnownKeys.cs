using System.Runtime.CompilerServices;

namespace Tributary.Rounds.Calls;

/// <summary>
/// The keys of references that were called lately. A reference of Orleans holds its key as bytes, and a call needs the
/// key as a string. Most callers keep their references and call them again. The key of a forgotten reference is read
/// anew.
/// </summary>
internal sealed class KnownKeys(Func<object, string> keyOf)
{
    // A power of two: the last bits of a reference's hash are its index.
    private const int MaxKnownCount = 4_096;

    // An entry is replaced as a whole, so that threads never see a reference with the key of another one.
    private readonly Entry?[] entries = new Entry?[MaxKnownCount];

    public string Of(object reference)
    {
        ref var entry = ref entries[RuntimeHelpers.GetHashCode(reference) & (MaxKnownCount - 1)];
        var known = Volatile.Read(ref entry);
        if (known is not null && ReferenceEquals(known.Reference, reference))
            return known.Key;
        var key = keyOf(reference);
        Volatile.Write(ref entry, new Entry(reference, key));
        return key;
    }

    private sealed class Entry(object reference, string key)
    {
        public object Reference { get; } = reference;

        public string Key { get; } = key;
    }
}
