using System.Security.Cryptography;
using Tributary.Connectors.Scratch;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Processing;

namespace Tributary.Connectors.Tests.Scratch;

/// <summary>
/// Content beyond what memory should hold goes through one buffer to the disk. Alone, because it counts what the
/// process allocates.
/// </summary>
[CollectionDefinition(nameof(LargeContentTests), DisableParallelization = true)]
[Collection(nameof(LargeContentTests))]
public sealed class LargeContentTests : IDisposable
{
    // Above 2 GiB, so that no length on the way may be 32 bits wide.
    private const long Length = (2L << 30) + 12_345;
    private const long MaxExtraBytes = 64L << 20;

    private readonly string root = Directory.CreateTempSubdirectory("tributary-large-").FullName;

    [Fact]
    public async Task Two_gigabytes_take_less_than_64_megabytes_of_memory()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var scratch = ScratchFolder.Open(root, "large", static _ => { });
        var fetcher = new ContentFetcher(new Generated(), null, scratch, new ProcessingOptions());

        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var fetched = await fetcher.FetchAsync("x", cancellation);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(Length, fetched.Length);
        Assert.Equal(Length, new FileInfo(fetched.Path!).Length);
        // All that was ever allocated bounds what was held at once.
        Assert.InRange(allocated, 0, MaxExtraBytes);
        await using var expected = new Stretch();
        Assert.Equal(Convert.ToHexStringLower(await SHA256.HashDataAsync(expected, cancellation)), fetched.Sha256);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private sealed class Generated : IContentStore
    {
        public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation) =>
            ValueTask.FromResult(new ContentSource(new Stretch()));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Bytes that depend on their place, without being anywhere.</summary>
    private sealed class Stretch : Stream
    {
        private readonly byte[] pattern = [.. Enumerable.Range(0, 251).Select(value => (byte)value)];
        private long at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, LargeContentTests.Length - at);
            for (var done = 0; done < count;)
            {
                var from = pattern.AsSpan((int)((at + done) % pattern.Length));
                var part = from[..Math.Min(from.Length, count - done)];
                part.CopyTo(buffer[done..]);
                done += part.Length;
            }

            at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
