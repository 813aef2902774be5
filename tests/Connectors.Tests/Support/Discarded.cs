namespace Tributary.Connectors.Tests.Support;

/// <summary>
/// Reads content to its end and keeps none of it, and watches how much memory the process takes for it.
/// </summary>
internal static class Discarded
{
    public const long MaxExtraBytes = 64L << 20;

    /// <returns>The bytes read, and how much more memory the process held at most than before.</returns>
    public static async Task<(long ReadBytes, long ExtraBytes)> ReadAsync(IContentStore store, string location)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Environment.WorkingSet;
        var (read, extra) = (0L, 0L);
        await using var source = await store.OpenAsync(location, TestContext.Current.CancellationToken);
        var buffer = new byte[256 * 1024];
        while (await source.Stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            // Looked at every now and then: it is a call into the kernel.
            if ((read >> 24) != ((read + count) >> 24))
                extra = Math.Max(extra, Environment.WorkingSet - before);
            read += count;
        }

        return (read, extra);
    }
}
