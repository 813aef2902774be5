namespace Tributary.Connectors;

/// <summary>Where the content lies that messages refer to. Callable many times at once.</summary>
public interface IContentStore : IAsyncDisposable
{
    /// <summary>Opens content for one reading from its beginning to its end.</summary>
    /// <param name="location">What the message says: a path, a URL, a key.</param>
    /// <exception cref="ConnectorException">
    /// It is not there, the store is down, or the location is not allowed.
    /// </exception>
    ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation);
}

/// <summary>
/// Content on its way: a stream that is read once. Faults of the store surface as <see cref="ConnectorException"/> also
/// while it is read.
/// </summary>
public sealed class ContentSource(
    Stream stream, long? length = null, string? mediaType = null, IAsyncDisposable? owner = null) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    /// <summary>In bytes, when the store says so before it is read.</summary>
    public long? Length { get; } = length;

    /// <summary>What the store declares the content to be, or null.</summary>
    public string? MediaType { get; } = mediaType;

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (owner is not null)
            await owner.DisposeAsync();
    }
}
