using System.Text;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Messages;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Processing;
using Tributary.Plugins;
using Tributary.Storage.Messages;

namespace Tributary.Grains.Tests.Processing;

public sealed class ProcessActivityTests
{
    private const string Mapping =
        "{parser: {type: string, format: 'uuid|file|metadata', delimiter: '|'}, mime: {path: 'mime.type', "
        + "path_separator: ':'}, "
        + "fields: {uuid: {key: uuid, required: true}, data_location: file, meta_location: uuid, metadata: metadata}}";

    private readonly FakeOutside outside = new();
    private readonly Dictionary<string, MessageMapper> mappers = new()
    {
        ["broker"] = new MessageMapper(Yaml.Good(Mapping, MessageMappingReader.Read)),
    };
    private readonly FakePlugin any = FakePlugin.Good("any");
    private StoredMessage? stored;
    private FakePlugins plugins;

    public ProcessActivityTests() => plugins = new FakePlugins(any);

    [Fact]
    public async Task A_message_is_fetched_and_shown_to_the_plugins_that_accept_it()
    {
        var jpeg = FakePlugin.Good("jpeg", "image/jpeg");
        var text = FakePlugin.Good("text", "text/plain");
        plugins = new FakePlugins(jpeg, text);
        outside.Metadata["u"] = """{"mime.type":"image/jpeg","camera":"x"}""";
        outside.Put("/a", [1, 2, 3]);

        var result = await Run("""{"uuid":"u","file":"/a"}""");

        Assert.Null(result.Failure);
        Assert.Equal(["jpeg"], result.Runs.Select(run => run.Plugin));
        Assert.Empty(text.Seen);
        var seen = Assert.Single(jpeg.Seen);
        Assert.Equal(
            ("image/jpeg", 3L, "/a", "x"),
            (
                seen.MediaType, seen.ContentLength, seen.ContentLocation,
                seen.Metadata!.Value.GetProperty("camera").GetString()));
        Assert.Equal(
            (stored!.Id, 5L, new Position(99)),
            (result.Message!.Id, result.Message.ItemSequence, result.Message.Position));
    }

    [Theory]
    [InlineData("image/gif", """{"mime.type":"image/jpeg"}""", "image/gif")]
    [InlineData("application/octet-stream", """{"mime.type":"image/jpeg"}""", "image/jpeg")]
    [InlineData(null, "{}", "application/pdf")]
    public async Task The_media_type_is_the_stores_then_the_metadatas_then_told_from_the_bytes(
        string? declared, string metadata, string expected)
    {
        outside.Metadata["u"] = metadata;
        outside.Put("/a", "%PDF-1.4"u8.ToArray(), declared);
        await Run("""{"uuid":"u","file":"/a"}""");
        Assert.Equal(expected, Assert.Single(any.Seen).MediaType);
    }

    [Fact]
    public async Task Without_a_location_the_body_is_the_content()
    {
        await Run("""{"x":1}""", source: "rest");
        var seen = Assert.Single(any.Seen);
        Assert.Equal(("application/json", null, false), (seen.MediaType, seen.ContentLocation, seen.Metadata.HasValue));
        using var reader = new StreamReader(seen.OpenContent());
        Assert.Equal("""{"x":1}""", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"uuid":"u","file":"/none"}""", ProcessingStep.Query, ConnectorFault.Missing, "content_missing")]
    [InlineData("""{"uuid":"gone","file":"/a"}""", ProcessingStep.Query, ConnectorFault.Missing, "metadata_missing")]
    [InlineData("""{"uuid":"list","file":"/a"}""", ProcessingStep.Query, ConnectorFault.Refused, "metadata_invalid")]
    [InlineData("""{"uuid":"text","file":"/a"}""", ProcessingStep.Query, ConnectorFault.Refused, "metadata_invalid")]
    [InlineData("""{"uuid":"u","file":"/broken"}""", ProcessingStep.Query, ConnectorFault.Unavailable, "IOException")]
    [InlineData("""{"file":"/a"}""", ProcessingStep.Accept, ConnectorFault.Refused, "field_missing")]
    public async Task What_goes_wrong_is_part_of_the_result(
        string body, ProcessingStep step, ConnectorFault fault, string code)
    {
        outside.Metadata["u"] = "{}";
        outside.Metadata["list"] = "[]";
        outside.Metadata["text"] = "x";
        outside.Put("/a", [1]);
        outside.Contents["/broken"] = () => throw new IOException("The cable is out.");
        var result = await Run(body);
        Assert.Equal((step, fault, code), (result.Failure!.Step, result.Failure.Fault, result.Failure.Code));
        Assert.NotNull(result.Message);
        Assert.Empty(any.Seen);
    }

    [Fact]
    public async Task Only_the_plugins_that_were_asked_for_run()
    {
        plugins = new FakePlugins(any, FakePlugin.Good("second"));
        var result = await Run("{}", source: "rest", order: new ProcessPayload { Plugins = ["second", "gone"] });
        Assert.Equal(
            [("second", null), ("gone", "plugin_inactive: No plugin named 'gone' runs.")],
            result.Runs.Select(run => (run.Plugin, run.Run.Error)));
        Assert.Empty(any.Seen);
    }

    [Fact]
    public async Task One_plugins_failure_is_its_own()
    {
        plugins = new FakePlugins(
            any, new FakePlugin("bad", "*", _ => new PluginRun(PluginResult.Empty, [], "plugin_failed: It broke.")));
        var result = await Run("{}", source: "rest");
        Assert.Equal(
            [("any", null), ("bad", "plugin_failed: It broke.")],
            result.Runs.Select(run => (run.Plugin, run.Run.Error)));
    }

    [Fact]
    public async Task Scratch_files_are_gone_when_the_plugins_have_run()
    {
        outside.Metadata["u"] = "{}";
        outside.Put("/large", new byte[100_000]);
        plugins = new FakePlugins(new FakePlugin("reads", "*", context =>
        {
            Assert.Equal(1, outside.FilesLeft);
            Assert.NotNull(context.ContentPath);
            return new PluginRun(PluginResult.Empty, []);
        }));
        var result = await Run("""{"uuid":"u","file":"/large"}""");
        Assert.Single(result.Runs);
        Assert.Equal((1, 0), (outside.FilesCount, outside.FilesLeft));
    }

    [Fact]
    public async Task Without_plugins_nothing_is_fetched()
    {
        plugins = new FakePlugins();
        var result = await Run("""{"uuid":"u","file":"/none"}""");
        Assert.Null(result.Failure);
        Assert.Empty(result.Runs);
    }

    [Fact]
    public async Task Bytes_that_could_not_be_mapped_are_mapped_again()
    {
        outside.Metadata["u"] = "{}";
        outside.Put("/a", [1]);
        var result = await Run(Envelope("u|/a"), mediaType: UnparsedEnvelope.MediaType);

        Assert.Null(result.Failure);
        Assert.Equal("1/0/[\"u\"]", Assert.Single(result.Late!).Aggregate.Key);
        var seen = Assert.Single(any.Seen);
        Assert.Equal("""{"uuid":"u","file":"/a"}""", Encoding.UTF8.GetString(seen.Message.Body.Span));
        Assert.Equal("application/json", seen.Message.MediaType);

        var bad = await Run(Envelope("|/a"), mediaType: UnparsedEnvelope.MediaType);
        Assert.Equal((ProcessingStep.Accept, "field_missing", null), (bad.Failure!.Step, bad.Failure.Code, bad.Late));
        var other = await Run(Envelope("u|/a"), source: "rest", mediaType: UnparsedEnvelope.MediaType);
        Assert.Equal((ProcessingStep.Accept, "mapping_missing"), (other.Failure!.Step, other.Failure.Code));
    }

    [Fact]
    public async Task A_message_in_hand_is_not_read_back()
    {
        var message = new Message
        {
            Id = new MessageId(Guid.Empty),
            Source = "rest",
            Item = "i",
            MediaType = "application/json",
            Body = "{}"u8.ToArray(),
            ReceivedAt = FakeTurn.Start,
        };
        var appended = new AppendedMessage(message, 3, []);
        appended.Commit(new Position(12));
        var result = await Run(new ActivityStart(new RoundGrainId("item", "i"),
            new ProcessName(3, message.Id).ToString(), 1, default, appended));
        Assert.Equal((new Position(12), 3L), (result.Message!.Position, result.Message.ItemSequence));
        Assert.Same(appended, result.Local);
    }

    [Theory]
    [InlineData(false, "message_missing")]
    [InlineData(true, "store_transient")]
    public async Task A_message_that_cannot_be_read_is_an_outage(bool isDown, string code)
    {
        Func<MessageId, CancellationToken, ValueTask<StoredMessage?>> find = (_, _) =>
            isDown
                ? throw new TributaryException("store_transient", "Away.")
                : ValueTask.FromResult<StoredMessage?>(null);
        var result = await Run(Start(ProcessPayload.Whole), find);
        Assert.Null(result.Message);
        Assert.Equal((ConnectorFault.Unavailable, code), (result.Failure!.Fault, result.Failure.Code));
    }

    [Fact]
    public async Task An_error_to_be_noted_runs_nothing()
    {
        stored = Stored("{}", "rest", "application/json");
        var result = await Run(Start(new ProcessPayload { Error = "refused_by_store: No." }));
        Assert.Equal((ProcessingStep.Apply, "refused_by_store"), (result.Failure!.Step, result.Failure.Code));
        Assert.NotNull(result.Message);
        Assert.Empty(any.Seen);
    }

    [Theory]
    [InlineData(false, false, ProcessingStep.Execute)]
    [InlineData(true, false, ProcessingStep.Accept)]
    [InlineData(false, true, ProcessingStep.Accept)]
    public async Task What_ended_the_process_is_noted_at_the_step_that_it_came_to(
        bool isParked, bool isOfParked, ProcessingStep step)
    {
        stored = Stored("{}", "rest", "application/json");
        var name = new ProcessName(5, new MessageId(Guid.Empty)) { IsOfParked = isOfParked }.ToString();
        var payload = new ProcessPayload { Error = "ended_the_process: It did.", IsParked = isParked };
        var result = await Run(Start(payload) with { Name = name });
        Assert.Equal((step, "ended_the_process"), (result.Failure!.Step, result.Failure.Code));
        Assert.Empty(any.Seen);
    }

    [Fact]
    public async Task The_end_of_the_process_is_no_failure()
    {
        using var ending = new CancellationTokenSource();
        outside.Contents["/a"] = () =>
        {
            ending.Cancel();
            ending.Token.ThrowIfCancellationRequested();
            return null!;
        };
        outside.Metadata["u"] = "{}";
        stored = Stored("""{"uuid":"u","file":"/a"}""", "broker", "application/json");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Activity().RunAsync(Start(ProcessPayload.Whole), ending.Token));
    }

    private static string Envelope(string raw) =>
        Encoding.UTF8.GetString(UnparsedEnvelope.Write(Encoding.UTF8.GetBytes(raw), null).Span);

    private ValueTask<ProcessingResult> Run(
        string body, string source = "broker", string mediaType = "application/json", ProcessPayload? order = null)
    {
        stored = Stored(body, source, mediaType);
        return Run(Start(order ?? ProcessPayload.Whole));
    }

    private static StoredMessage Stored(string body, string source, string mediaType) =>
        new(
            new Position(99),
            new MessageId(Guid.Empty),
            source,
            "u",
            5,
            FakeTurn.Start,
            mediaType,
            Encoding.UTF8.GetBytes(body),
            []);

    private static ActivityStart Start(ProcessPayload order) =>
        new(
            new RoundGrainId("item", "u"), new ProcessName(5, new MessageId(Guid.Empty)).ToString(), 1, order.Write(),
            null);

    private async ValueTask<ProcessingResult> Run(
        ActivityStart start, Func<MessageId, CancellationToken, ValueTask<StoredMessage?>>? find = null) =>
        Assert.IsType<ProcessingResult>(await Activity(find).RunAsync(start, TestContext.Current.CancellationToken));

    private ProcessActivity Activity(Func<MessageId, CancellationToken, ValueTask<StoredMessage?>>? find = null)
    {
        var options = new ProcessingOptions();
        var calculator = Calculations.Calculator(
            """{"name":"a","group":[{"name":"u","pointer":"/uuid"}],"measures":[{"name":"n","kind":"count"}]}""");
        return new ProcessActivity(
            new ProcessingServices(
                plugins,
                new ContentFetcher(outside, outside, outside, options),
                find ?? ((_, _) => ValueTask.FromResult(stored)),
                new MessageMappers(mappers),
                calculator),
            options);
    }
}
