namespace Tributary.Connectors;

/// <summary>Where the metadata of content is kept. Callable many times at once.</summary>
public interface IMetadataStore : IAsyncDisposable
{
    /// <summary>The metadata as one JSON object in UTF-8.</summary>
    /// <param name="location">What the message says: a key, a URL.</param>
    /// <exception cref="ConnectorException">
    /// It is not there, the store is down, or what is there is no JSON object.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation);
}
