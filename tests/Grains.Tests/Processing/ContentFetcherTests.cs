using System.Security.Cryptography;
using Tributary.Connectors;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Processing;

namespace Tributary.Grains.Tests.Processing;

public sealed class ContentFetcherTests
{
    private readonly FakeOutside outside = new();
    private readonly ProcessingOptions options = new()
    {
        MaxContentBytes = 10_000,
        MaxMemoryBytes = 100,
        MaxMetadataBytes = 50,
    };

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(100, false)]
    [InlineData(101, true)]
    [InlineData(10_000, true)]
    public async Task Small_content_stays_in_memory_and_large_content_goes_to_a_file(int length, bool isFile)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        foreach (var announced in new long?[] { length, null })
        {
            outside.Contents["x"] = () => new ContentSource(new Trickle(content), announced, "image/png");
            using var fetched = await Fetch("x");

            Assert.Equal(
                (length, Convert.ToHexStringLower(SHA256.HashData(content)), "image/png"),
                (fetched.Length, fetched.Sha256, fetched.DeclaredMediaType));
            Assert.Equal(isFile, fetched.Path is not null);
            Assert.Equal(content, await ReadAll(fetched));
            Assert.Equal(content, await ReadAll(fetched));
            Assert.True(content.AsSpan().StartsWith(fetched.Head.Span));
        }

        Assert.Equal((isFile ? 2 : 0, 0), (outside.FilesCount, outside.FilesLeft));
    }

    [Fact]
    public async Task Content_above_the_limit_is_refused_and_leaves_no_file()
    {
        outside.Put("announced", new byte[10_001]);
        outside.Contents["silent"] = () => new ContentSource(new MemoryStream(new byte[10_001]));
        foreach (var location in new[] { "announced", "silent" })
        {
            var error = await Assert.ThrowsAsync<ConnectorException>(async () => await Fetch(location));
            Assert.Equal((ConnectorFault.Refused, "content_too_large"), (error.Fault, error.Code));
        }

        Assert.Equal(0, outside.FilesLeft);
    }

    [Theory]
    [InlineData(10, 11)]
    [InlineData(1_000, 1_001)]
    [InlineData(1_001, 1_000)]
    public async Task Content_that_ends_elsewhere_than_announced_is_fetched_again(int sent, int announced)
    {
        outside.Put("x", new byte[sent], length: announced);
        var error = await Assert.ThrowsAsync<ConnectorException>(async () => await Fetch("x"));
        Assert.Equal((ConnectorFault.Unavailable, "content_incomplete"), (error.Fault, error.Code));
        Assert.Equal(0, outside.FilesLeft);
    }

    [Fact]
    public async Task A_store_that_breaks_off_leaves_no_file()
    {
        outside.Contents["x"] = () => new ContentSource(new Broken(new byte[1_000]));
        await Assert.ThrowsAsync<ConnectorException>(async () => await Fetch("x"));
        Assert.Equal((1, 0), (outside.FilesCount, outside.FilesLeft));
    }

    [Fact]
    public async Task Without_a_store_nothing_can_be_fetched_and_metadata_are_left_out()
    {
        var fetcher = new ContentFetcher(null, null, outside, options);
        var error = await Assert.ThrowsAsync<ConnectorException>(async () =>
            await fetcher.FetchAsync("x", TestContext.Current.CancellationToken));
        Assert.Equal((ConnectorFault.Refused, "content_store_missing"), (error.Fault, error.Code));
        Assert.True((await fetcher.FetchMetadataAsync("x", TestContext.Current.CancellationToken)).IsEmpty);
    }

    [Fact]
    public async Task Metadata_above_the_limit_are_refused()
    {
        outside.Metadata["x"] = "{\"a\":\"" + new string('x', 50) + "\"}";
        var fetcher = new ContentFetcher(outside, outside, outside, options);
        var error = await Assert.ThrowsAsync<ConnectorException>(async () =>
            await fetcher.FetchMetadataAsync("x", TestContext.Current.CancellationToken));
        Assert.Equal((ConnectorFault.Refused, "metadata_too_large"), (error.Fault, error.Code));
    }

    [Fact]
    public async Task Metadata_of_the_limit_are_given()
    {
        outside.Metadata["x"] = "{\"a\":\"" + new string('x', 42) + "\"}";
        var fetcher = new ContentFetcher(outside, outside, outside, options);

        Assert.Equal(50, (await fetcher.FetchMetadataAsync("x", TestContext.Current.CancellationToken)).Length);
    }

    private ValueTask<FetchedContent> Fetch(string location) =>
        new ContentFetcher(outside, outside, outside, options).FetchAsync(
            location, TestContext.Current.CancellationToken);

    private static async Task<byte[]> ReadAll(FetchedContent content)
    {
        await using var stream = content.Open();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    /// <summary>Gives a few bytes at a time, as a socket does.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }

    /// <summary>Breaks off at its end.</summary>
    private sealed class Broken(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var count
                ? count
                : throw new ConnectorException(
                    ConnectorFault.Unavailable, "content_unavailable", "The connection was lost.");
    }
}
