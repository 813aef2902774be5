namespace Tributary;

/// <summary>Lists as they travel between processes.</summary>
internal static class Lists
{
    /// <summary>
    /// The list as an array: Orleans has a codec for arrays, but none for the types that the
    /// compiler makes of collection expressions.
    /// </summary>
    public static T[] Array<T>(IReadOnlyList<T> list) => list as T[] ?? [.. list];
}
