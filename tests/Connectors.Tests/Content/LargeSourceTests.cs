using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Scratch;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

/// <summary>
/// Content beyond what memory should hold passes through stores. Alone, because the memory of the process counts.
/// </summary>
[Collection(nameof(LargeContentTests))]
public sealed class LargeSourceTests
{
    private const long Bytes = 2L << 30;

    [Fact]
    public async Task Two_gigabytes_of_a_file_pass_through_little_memory()
    {
        var root = Directory.CreateTempSubdirectory("tributary-disk-").FullName;
        try
        {
            await using (var file = File.Create(Path.Combine(root, "large")))
                file.SetLength(Bytes);
            await using var store = Config.Make(
                new DiskContentStoreFactory().Create, ("type", "disk"), ("root", root));

            await CheckAsync(store, "large");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Two_gigabytes_of_a_URL_pass_through_little_memory()
    {
        var piece = new byte[1 << 20];
        await using var server = await WebServer.StartAsync(async context =>
        {
            context.Response.ContentLength = Bytes;
            for (var sent = 0L; sent < Bytes; sent += piece.Length)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create, ("type", "http"), ("allow", "127.0.0.0/8"));

        await CheckAsync(store, $"{server.Url}large");
    }

    private static async Task CheckAsync(IContentStore store, string location)
    {
        var (read, extra) = await Discarded.ReadAsync(store, location);

        Assert.Equal(Bytes, read);
        Assert.InRange(extra, 0, Discarded.MaxExtraBytes);
    }
}
