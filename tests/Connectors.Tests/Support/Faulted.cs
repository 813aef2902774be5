namespace Tributary.Connectors.Tests.Support;

internal static class Faulted
{
    public static async Task<byte[]> BytesAsync(
        this IContentStore store, string location, CancellationToken cancellation = default)
    {
        await using var source = await store.OpenAsync(location, cancellation);
        var copy = new MemoryStream();
        await source.Stream.CopyToAsync(copy, cancellation);
        return copy.ToArray();
    }

    public static async Task<string> TextAsync(this IContentStore store, string location) =>
        System.Text.Encoding.UTF8.GetString(await store.BytesAsync(location));

    /// <summary>Asserts that opening or reading it fails, and how; returns the error.</summary>
    public static async Task<ConnectorException> FaultAsync(
        this IContentStore store, string location, ConnectorFault fault, string code)
    {
        var error = await Assert.ThrowsAsync<ConnectorException>(() => store.BytesAsync(location));
        Assert.Equal((fault, code), (error.Fault, error.Code));
        return error;
    }

    public static async Task<ConnectorException> FaultAsync(
        this IMetadataStore store, string location, ConnectorFault fault, string code)
    {
        var error = await Assert.ThrowsAsync<ConnectorException>(async () =>
            await store.ReadAsync(location, TestContext.Current.CancellationToken));
        Assert.Equal((fault, code), (error.Fault, error.Code));
        return error;
    }
}
