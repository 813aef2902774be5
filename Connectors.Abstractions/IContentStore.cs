namespace Tributary.Connectors;

/// <summary>A store of the content that messages refer to. Callable many times at once.</summary>
public interface IContentStore : IAsyncDisposable
{
    /// <summary>Opens content for one read from its beginning to its end.</summary>
    /// <param name="location">The location that the message names: a path, a URL or a key.</param>
    /// <exception cref="ConnectorException">
    /// The content is not there, the store is down, or the location is not allowed.
    /// </exception>
    ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation);
}

/// <summary>
/// Content on its way: a stream to be read once. Reading it throws
/// <see cref="ConnectorException"/> for faults of the store.
/// </summary>
public sealed class ContentSource(
    Stream stream, long? length = null, string? mediaType = null, IAsyncDisposable? owner = null) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    /// <summary>In bytes; null when the store does not announce a length.</summary>
    public long? Length { get; } = length;

    /// <summary>The media type that the store declares, or null.</summary>
    public string? MediaType { get; } = mediaType;

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (owner is not null)
            await owner.DisposeAsync();
    }
}
