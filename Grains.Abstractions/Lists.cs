namespace Tributary;

/// <summary>Lists as they travel between processes.</summary>
internal static class Lists
{
    /// <summary>
    /// The list as an array: Orleans has a codec for arrays, and none for the types that compilers make of
    /// collection expressions.
    /// </summary>
    public static T[] Array<T>(IReadOnlyList<T> list) => list as T[] ?? [.. list];
}
