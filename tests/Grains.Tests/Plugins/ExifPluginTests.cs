using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Pipeline.Plugins.BuiltIn;

namespace Tributary.Grains.Tests.Plugins;

public sealed class ExifPluginTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly List<ExifBytes.Entry> Camera =
    [
        ExifBytes.Text(0x010f, "Example Optics  "),
        ExifBytes.Text(0x0110, "Model 7"),
        ExifBytes.Number(0x0112, 6),
        ExifBytes.Text(0x0131, "Firmware 1.2"),
    ];

    private static readonly List<ExifBytes.Entry> Exposure =
    [
        ExifBytes.Fractions(0x829a, (1, 75)),
        ExifBytes.Number(0x8827, 64),
        ExifBytes.Text(0x9003, "2026:02:03 16:28:39"),
        ExifBytes.Text(0x9011, "+01:00"),
        ExifBytes.Fractions(0x920a, (24, 0)),
        ExifBytes.Text(0xa434, "24mm f/2.7"),
    ];

    private static readonly List<ExifBytes.Entry> Gps =
    [
        ExifBytes.Text(1, "S"),
        ExifBytes.Fractions(2, (33, 1), (51, 1), (2484, 100)),
        ExifBytes.Text(3, "E"),
        ExifBytes.Fractions(4, (151, 1), (12, 1), (54, 1)),
        ExifBytes.Flag(5, 1),
        ExifBytes.Fractions(6, (125, 10)),
        ExifBytes.Fractions(7, (14, 1), (27, 1), (7, 1)),
        ExifBytes.Text(0x1d, "2026:02:03"),
    ];

    [Fact]
    public async Task It_reads_camera_time_place_and_tags()
    {
        var run = await RunAsync(ExifBytes.Jpeg(640, 480, Camera, Exposure, Gps));

        var record = RecordOf(run);
        Assert.Equal(
            ["image/jpeg", "Example Optics", "Model 7", "24mm f/2.7", "Firmware 1.2", "2026-02-03T16:28:39+01:00"],
            new[] { "media_type", "make", "model", "lens", "software", "taken_at" }.Select(key =>
                record.GetProperty(key).GetString()));
        Assert.Equal(
            """{"latitude":-33.8569,"longitude":151.215,"altitude_m":-12.5,"at":"2026-02-03T14:27:07Z"}""",
            record.GetProperty("gps").GetRawText());
        var tags = record.GetProperty("tags");
        Assert.Equal(
            (640, 480),
            (
                tags.GetProperty("jpeg").GetProperty("image_width").GetInt32(),
                tags.GetProperty("jpeg").GetProperty("image_height").GetInt32()));
        Assert.Equal(6, tags.GetProperty("exif_ifd0").GetProperty("orientation").GetInt32());
        Assert.Equal(0.013333333m, tags.GetProperty("exif_subifd").GetProperty("exposure_time").GetDecimal());
        Assert.Equal(64, tags.GetProperty("exif_subifd").GetProperty("iso_speed_ratings").GetInt32());
        Assert.Equal("[33,51,24.84]", tags.GetProperty("gps").GetProperty("gps_latitude").GetRawText());
        Assert.Equal("""2/0/["Example Optics","Model 7"]""", Assert.Single(run.Contributions).Aggregate.Key);
    }

    [Fact]
    public async Task A_picture_without_tags_has_a_record_and_no_camera()
    {
        var png = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

        var run = await RunAsync(png, "image/png");

        var record = RecordOf(run);
        Assert.Equal(1, record.GetProperty("tags").GetProperty("png_ihdr").GetProperty("image_width").GetInt32());
        Assert.False(record.TryGetProperty("make", out _) || record.TryGetProperty("gps", out _));
        Assert.Empty(run.Contributions);
    }

    [Fact]
    public async Task A_place_that_is_not_on_earth_is_left_out()
    {
        List<ExifBytes.Entry> nowhere =
        [
            ExifBytes.Text(1, "N"),
            ExifBytes.Fractions(2, (133, 1), (0, 1), (0, 1)),
            ExifBytes.Text(3, "E"),
            ExifBytes.Fractions(4, (1, 1), (0, 1), (0, 1)),
        ];

        Assert.False(
            RecordOf(await RunAsync(ExifBytes.Jpeg(1, 1, Camera, Exposure, nowhere))).TryGetProperty("gps", out _));
    }

    [Fact]
    public async Task A_time_that_no_day_has_is_left_out_and_the_place_stays()
    {
        List<ExifBytes.Entry> late =
        [
            .. Gps.Where(entry => entry.Tag != 7),
            ExifBytes.Fractions(7, (4_000_000_000, 1), (0, 1), (0, 1)),
        ];

        var gps = RecordOf(await RunAsync(ExifBytes.Jpeg(1, 1, Camera, Exposure, late))).GetProperty("gps");

        Assert.Equal(-33.8569, gps.GetProperty("latitude").GetDouble());
        Assert.False(gps.TryGetProperty("at", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no picture at all")]
    [InlineData("RIFF")]
    public async Task What_is_no_picture_fails_and_trying_again_does_not_help(string content)
    {
        var host = await new PluginBench().BoundAsync(new ExifPlugin());

        var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(content, "image/jpeg"), Cancellation);

        Assert.StartsWith("plugin_failed: The picture cannot be read: ", run.Error);
        Assert.False(run.MayHelpToRetry);
    }

    [Fact]
    public async Task Every_cut_and_every_flipped_byte_ends_in_a_record_or_a_failure_of_the_plugin()
    {
        var picture = ExifBytes.Jpeg(640, 480, Camera, Exposure, Gps);
        var host = await new PluginBench().BoundAsync(new ExifPlugin());
        async Task CheckAsync(byte[] content)
        {
            var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(content, "image/jpeg"), Cancellation);
            Assert.True(
                run.Error is null
                    || run.Error.StartsWith("plugin_failed: The picture cannot be read: ", StringComparison.Ordinal),
                run.Error);
        }

        for (var length = 0; length < picture.Length; length++)
            await CheckAsync(picture[..length]);
        for (var at = 0; at < picture.Length; at++)
        {
            var flipped = (byte[])picture.Clone();
            flipped[at] ^= 0xff;
            await CheckAsync(flipped);
        }
    }

    [Fact]
    public async Task Groups_that_make_the_record_too_long_are_left_out_and_named()
    {
        List<ExifBytes.Entry> wordy = [.. Camera, ExifBytes.Text(0x010e, new string('w', 2_000))];

        var record = RecordOf(await RunAsync(
            ExifBytes.Jpeg(1, 1, wordy, Exposure, Gps), configuration: """{"max_record_bytes": 1200}"""));

        Assert.Equal(["exif_ifd0"], record.GetProperty("left_out").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("Model 7", record.GetProperty("model").GetString());
        Assert.True(record.GetProperty("tags").TryGetProperty("gps", out _));
    }

    [Theory]
    [InlineData(
        """{"max_record_bytes": 5}""",
        "max_record_bytes: found 5; allowed: a whole number of bytes from 1024 to 1048576.")]
    [InlineData("""{"maker_notes": "yes"}""", "maker_notes: found \"yes\"; allowed: true, false.")]
    [InlineData(
        """{"makernotes": true}""",
        "makernotes: found true; allowed: one of the keys maker_notes, max_content_bytes, max_record_bytes.")]
    public async Task A_wrong_configuration_is_reported(string configuration, string expected)
    {
        var host = await new PluginBench().StartAsync(
            PluginBench.Source(new ExifPlugin()) with
            {
                Configuration = JsonElement.Parse(configuration),
            });

        Assert.Equal("plugin_not_started: " + expected, host.Statuses[0].Reason);
    }

    [Fact]
    public async Task A_picture_beyond_the_limit_is_not_read()
    {
        var run = await RunAsync(
            ExifBytes.Jpeg(1, 1, Camera, Exposure, Gps), configuration: """{"max_content_bytes": 10}""");

        Assert.EndsWith("allowed: at most 10 (max_content_bytes).", run.Error);
    }

    private static async Task<PluginRun> RunAsync(
        byte[] picture, string mediaType = "image/jpeg", string configuration = "{}")
    {
        var host = await new PluginBench().StartAsync(
            PluginBench.Source(new ExifPlugin()) with
            {
                Configuration = JsonElement.Parse(configuration),
            });
        host.Bind(PluginBench.Register(host.Proposals));
        return await host.Active.Plugins[0].RunAsync(PluginBench.Context(picture, mediaType), Cancellation);
    }

    private static JsonElement RecordOf(PluginRun run)
    {
        Assert.Null(run.Error);
        return JsonElement.Parse(Assert.Single(run.Result.Records).Json.Span);
    }
}
