using System.Buffers;
using System.Security.Cryptography;
using Tributary.Connectors;
using Tributary.Pipeline.Processing;

namespace Tributary.Pipeline.Content;

/// <summary>
/// Fetches content and metadata. Small content stays in memory; larger content streams to a scratch file through one
/// buffer. Both are hashed on the way. Callable from many threads.
/// </summary>
public sealed class ContentFetcher(
    IContentStore? contents, IMetadataStore? metadata, IScratch scratch, ProcessingOptions options)
{
    // The media type is told from so many bytes; some signatures stand far behind the beginning.
    private const int HeadBytes = 64 << 10;

    private const int BufferBytes = 128 << 10;

    /// <exception cref="ConnectorException">
    /// The content is missing, cannot be reached, or is not allowed: <c>content_store_missing</c>,
    /// <c>content_too_large</c>, <c>content_incomplete</c> and the store's own codes.
    /// </exception>
    public async ValueTask<FetchedContent> FetchAsync(string location, CancellationToken cancellation)
    {
        if (contents is null)
            throw new ConnectorException(
                ConnectorFault.Refused,
                "content_store_missing",
                "The message refers to content, and the configuration has no data_store to look in.");

        await using var source = await contents.OpenAsync(location, cancellation);
        CheckSize(source.Length ?? 0);
        var small = new byte[(int)Math.Min(options.MaxMemoryBytes, source.Length ?? options.MaxMemoryBytes) + 1];
        var count = await source.Stream.ReadAtLeastAsync(small, small.Length, throwOnEndOfStream: false, cancellation);
        if (count < small.Length)
        {
            CheckWhole(source, count);
            return FetchedContent.InMemory(small.AsMemory(0, count), source.MediaType);
        }

        return await SpoolAsync(source, small, cancellation);
    }

    /// <summary>The metadata, one JSON object in UTF-8, or empty when no metadata store is configured.</summary>
    /// <exception cref="ConnectorException">
    /// The metadata is missing, cannot be reached, or is not allowed: <c>metadata_too_large</c> and the store's own
    /// codes.
    /// </exception>
    public async ValueTask<ReadOnlyMemory<byte>> FetchMetadataAsync(string location, CancellationToken cancellation)
    {
        if (metadata is null)
            return default;
        var json = await metadata.ReadAsync(location, cancellation);
        return json.Length <= options.MaxMetadataBytes
            ? json
            : throw new ConnectorException(
                ConnectorFault.Refused,
                "metadata_too_large",
                $"The metadata has {json.Length} bytes; allowed: at most {options.MaxMetadataBytes}.");
    }

    private async ValueTask<FetchedContent> SpoolAsync(
        ContentSource source, byte[] first, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var file = scratch.Create(source.Length);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var length = 0L;
            await using (var writer = file.Writer)
            {
                for (
                    ReadOnlyMemory<byte> chunk = first;
                    !chunk.IsEmpty;
                    chunk = buffer.AsMemory(0, await source.Stream.ReadAsync(buffer, cancellation)))
                {
                    length += chunk.Length;
                    CheckSize(length);
                    hash.AppendData(chunk.Span);
                    await WriteAsync(writer, chunk, cancellation);
                }
            }

            CheckWhole(source, length);
            var head = first.AsMemory(0, Math.Min(first.Length, HeadBytes));
            return FetchedContent.InFile(file, length, hash.GetHashAndReset(), head, source.MediaType);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A full local disk counts as a store that is away: the message waits in the same way.
    private static async ValueTask WriteAsync(Stream writer, ReadOnlyMemory<byte> chunk, CancellationToken cancellation)
    {
        try
        {
            await writer.WriteAsync(chunk, cancellation);
        }
        catch (IOException error)
        {
            throw new ConnectorException(
                ConnectorFault.Unavailable,
                "scratch_unavailable",
                $"Content cannot be written to the scratch folder: {error.Message}",
                error);
        }
    }

    private void CheckSize(long length)
    {
        if (length > options.MaxContentBytes)
            throw new ConnectorException(
                ConnectorFault.Refused,
                "content_too_large",
                $"The content has {length} bytes or more; allowed: at most {options.MaxContentBytes}.");
    }

    // A connection that ends early must not become shorter content.
    private static void CheckWhole(ContentSource source, long length)
    {
        if (source.Length is { } announced && announced != length)
            throw new ConnectorException(
                ConnectorFault.Unavailable,
                "content_incomplete",
                $"The store announced {announced} bytes and sent {length}.");
    }
}
