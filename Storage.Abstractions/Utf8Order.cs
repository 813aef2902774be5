namespace Tributary.Storage;

/// <summary>
/// Texts in the order of their bytes as UTF-8, as every store compares them: that of code points and not of UTF-16
/// units.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Instance { get; } = new();

    int IComparer<string>.Compare(string? x, string? y) => Compare(x ?? "", y ?? "");

    public static int Compare(string x, string y)
    {
        var runesX = x.EnumerateRunes();
        var runesY = y.EnumerateRunes();
        while (true)
        {
            var (moreX, moreY) = (runesX.MoveNext(), runesY.MoveNext());
            if (!moreX || !moreY)
                return moreX.CompareTo(moreY);

            var order = runesX.Current.Value.CompareTo(runesY.Current.Value);
            if (order != 0)
                return order;
        }
    }
}
