using System.Text;
using Tributary.Connectors;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Grains.Tests.Processing;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Intake;

public sealed class ListenerTests
{
    private readonly Silo silo = new();
    private readonly List<TimeSpan> waits = [];
    private bool isKeptByBroker;
    private IPluginHost? plugins = new FakePlugins(FakePlugin.Good("jpeg", "image/jpeg"));
    private MessageMapper? mapper = new(Yaml.Good(
        "{parser: {type: string, format: 'uuid|file', delimiter: '|'}, fields: {uuid: {key: uuid, required: true}, "
        + "data_location: file}}", MessageMappingReader.Read));

    [Fact]
    public async Task A_delivery_becomes_a_message_of_its_item()
    {
        var answer = Assert.IsType<Reception.Stored>(await Receive("u-1|/a", "ext"));
        var sent = Assert.Single(silo.Sent);
        Assert.False(answer.IsRepeat);
        Assert.Equal(
            (answer.Id, "u-1", "ext", "broker", "application/json"),
            (sent.Message.Id, sent.Message.Item, sent.Message.ExternalId, sent.Message.Source, sent.Message.MediaType));
        Assert.Equal("""{"uuid":"u-1","file":"/a"}""", Encoding.UTF8.GetString(sent.Message.Body.Span));
        Assert.Equal(MessageStatus.Processing, Assert.Single(sent.Parts).Status);
        Assert.False(sent.IsNewGrain);
    }

    [Fact]
    public async Task Bytes_that_cannot_be_mapped_are_stored_and_parked()
    {
        Assert.IsType<Reception.Stored>(await Receive("|/a", "ext"));
        var sent = Assert.Single(silo.Sent);
        var part = Assert.Single(sent.Parts);
        Assert.Equal((MessageStatus.Parked, ProcessingStep.Accept, true), (part.Status, part.Step, part.IsRaised));
        Assert.StartsWith("field_missing: ", part.Error, StringComparison.Ordinal);
        Assert.Equal(UnparsedEnvelope.MediaType, sent.Message.MediaType);
        Assert.Equal("|/a", Encoding.UTF8.GetString(UnparsedEnvelope.ReadRaw(sent.Message.Body.Span)));
        Assert.Empty(sent.Contributions);
        Assert.StartsWith("x-", sent.Message.Item, StringComparison.Ordinal);

        await Receive("|/a", null);
        Assert.True(silo.Sent[1].IsNewGrain);
    }

    [Theory]
    [InlineData("u|/a", false, MessageStatus.Skipped)]
    [InlineData("u|/a", true, MessageStatus.Processing)]
    [InlineData("u|", false, MessageStatus.Completed)]
    [InlineData("u|", true, MessageStatus.Completed)]
    public async Task What_is_left_to_be_done_follows_from_what_it_refers_to_and_who_is_there(
        string text, bool hasPlugins, MessageStatus expected)
    {
        if (!hasPlugins)
            plugins = new FakePlugins();
        await Receive(text, null);
        Assert.Equal(expected, MessagePart.StatusOf(Assert.Single(silo.Sent).Parts));
    }

    [Theory]
    [InlineData("application/json", MessageStatus.Processing)]
    [InlineData("text/plain", MessageStatus.Completed)]
    public async Task Without_a_mapping_the_body_is_the_content(string mediaType, MessageStatus expected)
    {
        mapper = null;
        plugins = new FakePlugins(FakePlugin.Good("json", "application/json"));
        await Listener().ReceiveAsync(new Delivery("{}"u8.ToArray(), mediaType), TestContext.Current.CancellationToken);
        Assert.Equal(expected, MessagePart.StatusOf(Assert.Single(silo.Sent).Parts));
    }

    [Fact]
    public async Task A_repeat_is_stored()
    {
        silo.Answer = message => new Receipt(new KnownMessage(message.Message.Id, "u", 0, new Position(1)));
        Assert.True(Assert.IsType<Reception.Stored>(await Receive("u|/a", "ext")).IsRepeat);
    }

    [Fact]
    public async Task What_can_never_be_stored_is_refused_with_its_reason_where_the_broker_keeps_it()
    {
        isKeptByBroker = true;
        silo.Answer = _ => throw new TributaryException("external_id_conflict", "Another body.");
        Assert.Equal(new Reception.Refused("external_id_conflict", "Another body."), await Receive("u|/a", "ext"));
        Assert.Equal("identifier_invalid", Assert.IsType<Reception.Refused>(await Receive("u|/a", "")).Code);
        Assert.Equal(
            "body_too_large", Assert.IsType<Reception.Refused>(await Receive(new string('x', 1_001), null)).Code);
        mapper = null;
        Assert.Equal("body_not_json", Assert.IsType<Reception.Refused>(await Receive("u|/a", null)).Code);
        Assert.Equal("frames_unexpected",
            Assert.IsType<Reception.Refused>(
                await Receive("{}", null, new Reception.Refused("frames_unexpected", "Two."))).Code);
        Assert.Single(silo.Sent);
        Assert.Empty(waits);
    }

    [Fact]
    public async Task What_can_never_be_stored_is_kept_with_its_bytes_and_its_reason()
    {
        silo.Answer = message =>
            message.Message.ExternalId == "ext" ? throw new TributaryException("external_id_conflict", "Another body.")
                : Stored(message);
        var kept = Assert.IsType<Reception.Kept>(await Receive("u|/a", "ext"));

        Assert.Equal(("external_id_conflict", "Another body.", false), (kept.Code, kept.Reason, kept.IsCurable));
        var message = silo.Sent[1];
        Assert.Equal((kept.Id, "broker", RefusedEnvelope.ContentType),
            (message.Message.Id, message.Message.Source, message.Message.MediaType));
        Assert.StartsWith("refused-", message.Message.ExternalId, StringComparison.Ordinal);
        Assert.StartsWith("x-", message.Message.Item, StringComparison.Ordinal);
        Assert.Empty(message.Contributions);
        var part = Assert.Single(message.Parts);
        Assert.Equal((MessageStatus.Parked, ProcessingStep.Accept, true), (part.Status, part.Step, part.IsRaised));
        Assert.Equal("external_id_conflict: Another body.", part.Error);
        var envelope = RefusedEnvelope.Read(message.Message.Body.Span);
        Assert.Equal(("u|/a", "text/plain", "ext", null),
            (Encoding.UTF8.GetString(envelope.Raw), envelope.MediaType, envelope.ExternalId, envelope.Code));
    }

    [Fact]
    public async Task The_same_delivery_is_kept_under_the_same_id_and_another_body_under_another()
    {
        silo.Answer = message =>
            message.Message.ExternalId == "ext" ? throw new TributaryException("external_id_conflict", "Another body.")
                : Stored(message);
        foreach (var text in new[] { "u|/a", "u|/a", "u|/b" })
            await Receive(text, "ext");
        await Receive(new string('x', 1_001), null);

        var kept = silo.Sent.Where(message =>
            message.Message.MediaType == RefusedEnvelope.ContentType).Select(message => message.Message).ToList();
        Assert.Equal(4, kept.Count);
        Assert.Equal((kept[0].ExternalId, kept[0].Item, Encoding.UTF8.GetString(kept[0].Body.Span)),
            (kept[1].ExternalId, kept[1].Item, Encoding.UTF8.GetString(kept[1].Body.Span)));
        Assert.NotEqual(kept[0].ExternalId, kept[2].ExternalId);
        Assert.Null(kept[3].ExternalId);
        Assert.Equal(kept[3].Id.ToString(), kept[3].Item);
    }

    [Theory]
    [InlineData("item_backlog_full")]
    [InlineData("state_unreadable")]
    [InlineData("a_code_that_nobody_knows")]
    [InlineData(null)]
    public async Task What_can_be_cured_and_concerns_one_delivery_is_kept_at_once_and_never_refused(string? code)
    {
        isKeptByBroker = true;
        silo.Answer = message => message.Message.MediaType == RefusedEnvelope.ContentType ? Stored(message)
            : code is null ? throw new InvalidOperationException("Not now.")
                : throw new TributaryException(code, "Not now.");

        var kept = Assert.IsType<Reception.Kept>(await Receive("u|/a", "ext"));

        Assert.Equal((code ?? "internal", true), (kept.Code, kept.IsCurable));
        Assert.Empty(waits);
    }

    [Fact]
    public async Task A_body_beyond_every_limit_is_kept_as_its_beginning_its_length_and_its_hash()
    {
        var body = new byte[9 << 20];
        Array.Fill(body, (byte)'x');
        var kept =
            Assert.IsType<Reception.Kept>(await Listener()
                .ReceiveAsync(new Delivery(body, null, "ext"), TestContext.Current.CancellationToken));

        Assert.Equal("body_too_large", kept.Code);
        var message = Assert.Single(silo.Sent).Message;
        var envelope = RefusedEnvelope.Read(message.Body.Span);
        Assert.Equal((RefusedEnvelope.PrefixBytes, 9L << 20), (envelope.Raw.Length, envelope.BytesCount));
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body)),
            Encoding.UTF8.GetString(message.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_refuses_the_bytes_gets_the_least_that_tells_of_them()
    {
        silo.Answer = message => message.Message.Body.Length > 1_000 || message.Message.ExternalId == "ext"
            ? throw new TributaryException("refused_by_store", "No.") : Stored(message);
        mapper = null;
        Assert.Equal(
            "refused_by_store",
            Assert.IsType<Reception.Kept>(await Receive($$"""{"a":"{{new string('a', 900)}}"}""", "ext")).Code);

        var least = RefusedEnvelope.Read(silo.Sent[^1].Message.Body.Span);
        Assert.Equal((3, 256, 908L), (silo.Sent.Count, least.Raw.Length, least.BytesCount));
    }

    [Fact]
    public async Task A_store_that_takes_nothing_is_waited_for_with_what_is_to_be_kept()
    {
        var refusals = 5;
        silo.Answer = message =>
            message.Message.ExternalId == "ext" || refusals-- > 0
                ? throw new TributaryException("refused_by_store", "No.") : Stored(message);
        Assert.IsType<Reception.Kept>(await Receive("u|/a", "ext"));
        Assert.Equal([10, 20, 40, 80, 160], waits.Select(wait => wait.TotalMilliseconds));
    }

    [Theory]
    [InlineData("store_transient")]
    [InlineData("store_busy")]
    [InlineData("stopping")]
    public async Task What_every_delivery_meets_is_waited_for_and_nothing_is_kept(string code)
    {
        var refusals = 3;
        silo.Answer = message => refusals-- > 0 ? throw new TributaryException(code, "Not now.") : Stored(message);
        Assert.IsType<Reception.Stored>(await Receive("u|/a", null));
        Assert.Equal(3, waits.Count);
        Assert.All(silo.Sent, message => Assert.NotEqual(RefusedEnvelope.ContentType, message.Message.MediaType));
    }

    [Fact]
    public async Task While_the_platform_is_busy_a_delivery_waits()
    {
        var refusals = 12;
        silo.Answer = message =>
            refusals-- > 0
                ? throw new OverloadedException("Full.", TimeSpan.FromSeconds(1))
                : new Receipt(new AppendedMessage(message.Message, 1, []));
        Assert.IsType<Reception.Stored>(await Receive("u|/a", null));
        Assert.Equal(
            [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000, 1_000],
            waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task While_too_much_is_being_processed_a_delivery_waits_before_it_is_taken()
    {
        var room = new TaskCompletionSource();
        var receiving = Listener(cancellation => new ValueTask(room.Task.WaitAsync(cancellation)))
            .ReceiveAsync(new Delivery("u|/a"u8.ToArray()), TestContext.Current.CancellationToken).AsTask();
        Assert.Empty(silo.Sent);
        Assert.False(receiving.IsCompleted);
        room.SetResult();
        Assert.IsType<Reception.Stored>(await receiving);
    }

    [Fact]
    public async Task A_process_that_stops_takes_nothing()
    {
        using var stopping = new CancellationTokenSource();
        silo.Answer = _ =>
        {
            stopping.Cancel();
            throw new OverloadedException("Stopping.", TimeSpan.FromSeconds(1));
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Listener().ReceiveAsync(new Delivery("u|/a"u8.ToArray()), stopping.Token));
    }

    private Listener Listener(Func<CancellationToken, ValueTask>? backlog = null)
    {
        var intake = new MessageIntake(
            silo,
            Calculations.Calculator(),
            new MessageIds(() => 7),
            new FixedTime(),
            new IntakeOptions { MaxBodyBytes = 1_000 },
            plugins);
        return new Listener(intake, "broker", mapper, backlog, (wait, cancellation) =>
        {
            waits.Add(wait);
            return cancellation.IsCancellationRequested ? Task.FromCanceled(cancellation) : Task.CompletedTask;
        });
    }

    private static Receipt Stored(IncomingMessage message) =>
        new(new AppendedMessage(message.Message, 1, message.Generations));

    private ValueTask<Reception> Receive(string text, string? externalId, Reception.Refused? fault = null) =>
        Listener().ReceiveAsync(
        new Delivery(Encoding.UTF8.GetBytes(text), "text/plain", externalId) { Fault = fault,
            IsKeptByBroker = isKeptByBroker },
        TestContext.Current.CancellationToken);

    private sealed class Silo : IRoundGrains, IItemGrain
    {
        public List<IncomingMessage> Sent { get; } = [];

        public Func<IncomingMessage, Receipt> Answer { get; set; } =
            message => new Receipt(new AppendedMessage(message.Message, 1, message.Generations));

        public TGrain GetGrain<TGrain>(string key)
            where TGrain : class, IGrainWithStringKey => (TGrain)(IGrainWithStringKey)this;

        public ValueTask<Receipt> Receive(IncomingMessage message)
        {
            Sent.Add(message);
            return ValueTask.FromResult(Answer(message));
        }

        public ValueTask<ItemView?> Read() => throw new NotSupportedException("A listener reads no items.");

        public ValueTask<RetryResult> Retry(RetryRequest request) =>
            throw new NotSupportedException("A listener retries nothing.");

        public ValueTask<ParkResult> Park(ParkRequest request) =>
            throw new NotSupportedException("A listener parks nothing.");

        public ValueTask ApplyReplayed(ReplayedRun run) =>
            throw new NotSupportedException("A listener replays nothing.");
    }
}
