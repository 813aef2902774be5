namespace Tributary.Connectors;

/// <summary>A store of the metadata of content. Callable many times at once.</summary>
public interface IMetadataStore : IAsyncDisposable
{
    /// <summary>Reads metadata: one JSON object in UTF-8.</summary>
    /// <param name="location">The location that the message names: a key or a URL.</param>
    /// <exception cref="ConnectorException">
    /// The metadata is not there, the store is down, or the value is no JSON object.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation);
}
