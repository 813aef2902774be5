using System.Text;
using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Grains.Items;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Plugins.BuiltIn;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>
/// The plugins that need no library: what they record, and what their aggregates say of many contents, beside a
/// recount.
/// </summary>
public sealed class BuiltInPluginsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    // Two contents occur twice, one of them under another media type.
    private static readonly (string Content, string MediaType, int Item)[] Contents =
    [
        ("abc", "text/plain", 1),
        ("abc", "text/csv", 2),
        ("0123456789", "text/plain", 3),
        ("", "text/plain", 4),
        ("0123456789", "text/plain", 3),
    ];

    [Fact]
    public async Task Hashes_are_those_of_the_published_examples()
    {
        var run = await RunAsync(new HashesPlugin(), PluginBench.Context("abc"));

        Assert.Equal(
            """{"md5":"900150983cd24fb0d6963f7d28e17f72","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","sha512":"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}""",
            Record(run));
    }

    [Fact]
    public async Task Hashes_of_long_contents_and_of_the_one_after_a_failed_one_are_right()
    {
        var host = await new PluginBench().BoundAsync(new HashesPlugin());
        var content = new byte[300_000];
        for (var i = 0; i < content.Length; i++)
            content[i] = (byte)(i * 31);
        var context = PluginBench.Context(content, "application/octet-stream");
        var broken = new PluginContext(() => new BrokenStream())
        {
            Message = context.Message,
            MediaType = context.MediaType,
            ContentLength = content.Length,
            ContentSha256 = context.ContentSha256,
        };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(
                "plugin_failed: IOException: broken",
                (await host.Active.Plugins[0].RunAsync(broken, Cancellation)).Error);
            var record = Record(await host.Active.Plugins[0].RunAsync(context, Cancellation));
            Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(content)), record);
        }
    }

    [Fact]
    public async Task A_content_that_changed_since_it_was_fetched_is_not_hashed_in_silence()
    {
        var context = PluginBench.Context("abc");
        var changed = new PluginContext(() => new MemoryStream("abd"u8.ToArray()))
        {
            Message = context.Message,
            MediaType = context.MediaType,
            ContentLength = 3,
            ContentSha256 = context.ContentSha256,
        };

        var run = await RunAsync(new HashesPlugin(), changed);

        Assert.StartsWith("plugin_failed: The content's SHA-256 is ", run.Error);
        Assert.True(run.MayHelpToRetry);
    }

    [Fact]
    public async Task Datatypes_count_contents_and_bytes_by_media_type()
    {
        var views = await AggregateAsync(new DatatypesPlugin());

        Assert.Equal("""{"count":4,"bytes":23}""", Measures(views, "text/plain"));
        Assert.Equal("""{"count":1,"bytes":3}""", Measures(views, "text/csv"));
        Assert.Equal(
            """{"media_type":"text/plain","bytes":3}""",
            Record(await RunAsync(new DatatypesPlugin(), PluginBench.Context("abc"))));
    }

    [Fact]
    public async Task Sizes_measure_contents_by_media_type()
    {
        var views = await AggregateAsync(new SizesPlugin());

        var plain = JsonElement.Parse(Measures(views, "text/plain"));
        Assert.Equal(
            [4, 23, 0, 10], new[] { "count", "sum", "min", "max" }.Select(name => plain.GetProperty(name).GetInt32()));
        Assert.Equal(5.75m, plain.GetProperty("mean").GetDecimal());
        Assert.InRange(plain.GetProperty("quantiles").GetProperty("0.5").GetDouble(), 2.97, 3.03);
        Assert.Equal(
            """{"bytes":3,"media_type":"text/plain"}""",
            Record(await RunAsync(new SizesPlugin(), PluginBench.Context("abc"))));
    }

    [Fact]
    public async Task Duplicates_tell_how_often_a_content_occurs_and_what_it_wastes()
    {
        var views = await AggregateAsync(new DuplicatesPlugin());

        Assert.Equal(3, views.Count);
        Assert.Equal(
            """{"count":2,"items":2,"bytes":6,"size":3}""", Measures(views, PluginBench.Context("abc").ContentSha256));
        Assert.Equal(
            """{"count":2,"items":1,"bytes":20,"size":10}""",
            Measures(views, PluginBench.Context("0123456789").ContentSha256));
        Assert.Equal(
            """{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","bytes":3}""",
            Record(await RunAsync(new DuplicatesPlugin(), PluginBench.Context("abc"))));
    }

    [Fact]
    public async Task All_of_them_run_together()
    {
        var host = await new PluginBench().BoundAsync([.. BuiltInPlugins.All()]);

        Assert.Equal(
            ["datatypes", "duplicates", "exif", "hashes", "sizes"], host.Active.Plugins.Select(plugin => plugin.Name));
        Assert.All(host.Statuses, status => Assert.Equal(PluginState.Active, status.State));
    }

    private static async Task<PluginRun> RunAsync(IPlugin plugin, PluginContext context)
    {
        var host = await new PluginBench().BoundAsync(plugin);
        return await host.Active.Plugins[0].RunAsync(context, Cancellation);
    }

    private static string Record(PluginRun run)
    {
        Assert.Null(run.Error);
        return Encoding.UTF8.GetString(Assert.Single(run.Result.Records).Json.Span);
    }

    /// <summary>What the plugin's aggregate shows of <see cref="Contents"/>, by its one group.</summary>
    private static async Task<Dictionary<string, AggregateView>> AggregateAsync(IPlugin plugin)
    {
        var host = await new PluginBench().BoundAsync(plugin);
        var definition = AggregateDefinition.Parse(host.Proposals[1].Definition);
        var states = new Dictionary<AggregateKey, AggregateState>();
        foreach (var (content, mediaType, item) in Contents)
        {
            var run = await host
                .Active.Plugins[0]
                .RunAsync(PluginBench.Context(Encoding.UTF8.GetBytes(content), mediaType, item), Cancellation);
            var contribution = Assert.Single(run.Contributions);
            var key = AggregateKey.Parse(contribution.Aggregate.Key);
            states[key] = states.GetValueOrDefault(key, AggregateState.Empty).Add(contribution.Delta);
        }

        return states
            .Select(pair => AggregateView.Of(pair.Key, pair.Value, definition))
            .ToDictionary(view => view.Group.GetAt(0).Value.GetString()!);
    }

    private static string Measures(Dictionary<string, AggregateView> views, string group) =>
        JsonSerializer.Serialize(views[group].Measures);

    private sealed class BrokenStream : MemoryStream
    {
        private bool wasRead;

        public override int Read(Span<byte> buffer)
        {
            if (wasRead)
                throw new IOException("broken");
            wasRead = true;
            buffer[..4].Fill(7);
            return 4;
        }
    }
}
