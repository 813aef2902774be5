using System.Text;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Intake;

public sealed class IntakeTests
{
    private readonly FixedTime time = new();
    private readonly MessageIntake intake;
    private readonly RecordingFactory grains = new();

    public IntakeTests() =>
        intake = new MessageIntake(
            grains,
            Calculations.Calculator(),
            new MessageIds(() => ulong.MaxValue),
            time,
            new IntakeOptions { MaxBodyBytes = 1000 });

    [Theory]
    [InlineData("{}")]
    [InlineData(" \t\r\n{\"a\":1} \n")]
    [InlineData("{\"a\":\"\\u0000\\ud800\",\"n\":1e99999,\"n\":-0.0,\"z\":123456789012345678901234567890.10}")]
    [InlineData("{\"\\ud800\":{\"\\udc00\":[]}}")]
    [InlineData("{\"é😀\":\"\u2028\"}")]
    public void What_JSON_allows_passes_untouched(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var message = intake.Prepare(new IntakeRequest { Source = "test", Body = bytes }).Message;
        Assert.True(message.Body.Span.SequenceEqual(bytes));
        Assert.Equal("application/json", message.MediaType);
    }

    [Theory]
    [InlineData("", "body_not_json", "line 1, byte 1")]
    [InlineData("   ", "body_not_json", "line 1, byte 4")]
    [InlineData("{", "body_not_json", "line 1, byte 2")]
    [InlineData("{\n \"a\":}", "body_not_json", "line 2, byte 6")]
    [InlineData("{} {}", "body_not_json", "line 1, byte 4")]
    [InlineData("{\"a\":1,}", "body_not_json", "line 1, byte 8")]
    [InlineData("{a:1}", "body_not_json", "line 1, byte 2")]
    [InlineData("{\"a\":01}", "body_not_json", "line 1, byte 7")]
    [InlineData("{\"a\":NaN}", "body_not_json", "line 1, byte 6")]
    [InlineData("{/**/}", "body_not_json", "line 1, byte 2")]
    [InlineData("{\"a\":\"\n\"}", "body_not_json", "line 1, byte 7")]
    [InlineData("{\"a\":\"\\x\"}", "body_not_json", "line 1, byte 8")]
    [InlineData("{\"a\":\"\\u12\"}", "body_not_json", "line 1, byte")]
    [InlineData("\ufeff{}", "body_not_json", "line 1, byte 1")]
    [InlineData("[1]", "body_not_object", "an array")]
    [InlineData("\"x\"", "body_not_object", "a string")]
    [InlineData(" 12", "body_not_object", "a number")]
    [InlineData("true", "body_not_object", "a boolean")]
    [InlineData("null", "body_not_object", "null")]
    [InlineData("[1", "body_not_json", "line 1, byte 3")]
    public void What_is_not_one_JSON_object_is_refused(string body, string code, string where)
    {
        var error = Refused(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes(body) }, code);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0x22, 0x61, 0xFF, 0x22, 0x3A, 0x31, 0x7D }, 4)]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0xA9, 0xC0, 0x80, 0x22, 0x7D }, 5)]
    [InlineData(new byte[] { 0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D }, 3)]
    [InlineData(new byte[] { 0x7B, 0xF0, 0x9F, 0x98 }, 2)]
    public void Bytes_that_are_not_UTF8_are_refused(byte[] body, int position)
    {
        var error = Refused(new IntakeRequest { Source = "test", Body = body }, "body_not_json");
        Assert.Contains($"byte {position};", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deepest = string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "[]" + new string('}', 63);
        Assert.NotNull(intake.Prepare(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes(deepest) }));
        Refused(
            new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes("{\"a\":" + deepest + "}") },
            "body_too_deep");
        Refused(
            new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 900)) },
            "body_too_deep");
    }

    [Fact]
    public void A_body_has_a_largest_size()
    {
        Assert.NotNull(
            intake.Prepare(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes("{}".PadRight(1000)) }));
        Refused(
            new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes("{}".PadRight(1001)) },
            "body_too_large");
    }

    [Theory]
    [InlineData("\"sensor-1\"", "sensor-1")]
    [InlineData("\"\\u0073ensor \\ud83d\\ude00\"", "sensor 😀")]
    [InlineData("1.50", "1.50")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    public void The_item_is_what_the_pointer_finds(string token, string item)
    {
        var message = Item(token);
        Assert.Equal(item, message.Message.Item);
        Assert.False(message.IsNewGrain);
    }

    [Theory]
    [InlineData("null", "item_missing")]
    [InlineData("true", "item_missing")]
    [InlineData("{}", "item_missing")]
    [InlineData("\"\"", "identifier_invalid")]
    [InlineData("\"a\\u0000\"", "identifier_invalid")]
    [InlineData("\"a\\ud800\"", "identifier_invalid")]
    [InlineData("\"\\udc00\\ud800\"", "identifier_invalid")]
    public void What_is_no_item_id_is_refused(string token, string code) =>
        Assert.Equal(code, Assert.Throws<TributaryException>(() => Item(token)).Code);

    [Fact]
    public void Identifiers_have_at_most_512_bytes_of_UTF8()
    {
        Assert.Equal(256, Item('"' + new string('é', 256) + '"').Message.Item.Length);
        Assert.Equal(
            "identifier_too_long",
            Assert.Throws<TributaryException>(() => Item('"' + new string('é', 257) + '"')).Code);
        Assert.Equal("identifier_too_long", Assert.Throws<TributaryException>(() => Item(new string('1', 513))).Code);
        Refused(new IntakeRequest { Source = new string('s', 513), Body = "{}"u8.ToArray() }, "identifier_too_long");
        Refused(new IntakeRequest { Source = "", Body = "{}"u8.ToArray() }, "identifier_invalid");
        Refused(
            new IntakeRequest
            {
                Source = "s",
                ExternalId = "\ud800",
                Body = "{}"u8.ToArray(),
            },
            "identifier_invalid");
        Refused(
            new IntakeRequest
            {
                Source = "s",
                ExternalId = new string('x', 513),
                Body = "{}"u8.ToArray(),
            },
            "identifier_too_long");
    }

    [Fact]
    public void A_missing_item_is_refused() =>
        Refused(
            new IntakeRequest
            {
                Source = "s",
                ItemPointer = JsonPointer.Parse("/id"),
                Body = "{}"u8.ToArray(),
            },
            "item_missing");

    [Fact]
    public void With_an_external_id_alone_a_repeat_finds_the_same_item()
    {
        var first = intake.Prepare(
            new IntakeRequest
            {
                Source = "s",
                ExternalId = "e",
                Body = "{}"u8.ToArray(),
            });
        var again = intake.Prepare(
            new IntakeRequest
            {
                Source = "s",
                ExternalId = "e",
                Body = "{}"u8.ToArray(),
            });
        var other = intake.Prepare(
            new IntakeRequest
            {
                Source = "se",
                ExternalId = "",
                Body = "{}"u8.ToArray(),
            } with
            {
                ExternalId = "x",
            });

        Assert.Equal(first.Message.Item, again.Message.Item);
        Assert.NotEqual(first.Message.Id, again.Message.Id);
        Assert.NotEqual(first.Message.Item, other.Message.Item);
        Assert.False(first.IsNewGrain);
        Assert.NotNull(first.External);
    }

    [Fact]
    public void Without_either_the_message_is_its_own_new_item()
    {
        var message = intake.Prepare(new IntakeRequest { Source = "s", Body = "{}"u8.ToArray() });
        Assert.True(message.IsNewGrain);
        Assert.Equal(message.Message.Id.ToString(), message.Message.Item);
    }

    [Fact]
    public async Task A_message_goes_to_its_item()
    {
        await intake.AcceptAsync(
            new IntakeRequest
            {
                Source = "s",
                ItemPointer = JsonPointer.Parse("/id"),
                Body = "{\"id\":7}"u8.ToArray(),
            });
        Assert.Equal(["7"], grains.Received);
    }

    private IncomingMessage Item(string token) =>
        intake.Prepare(
            new IntakeRequest
            {
                Source = "s",
                ItemPointer = JsonPointer.Parse("/id"),
                Body = Encoding.UTF8.GetBytes($$"""{"id":{{token}}}"""),
            });

    private TributaryException Refused(IntakeRequest request, string code)
    {
        var error = Assert.Throws<TributaryException>(() => intake.Prepare(request));
        Assert.Equal(code, error.Code);
        return error;
    }

    private sealed class RecordingFactory : IRoundGrains, IItemGrain
    {
        public List<string> Received { get; } = [];

        public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey
        {
            Received.Add(key);
            return (TGrain)(IGrainWithStringKey)this;
        }

        public ValueTask<Receipt> Receive(IncomingMessage message) =>
            ValueTask.FromResult(new Receipt(new AppendedMessage(message.Message, 1, message.Generations)));

        public ValueTask<ItemView?> Read() => throw new NotSupportedException("The intake reads no items.");

        public ValueTask<RetryResult> Retry(RetryRequest request) =>
            throw new NotSupportedException("The intake retries nothing.");

        public ValueTask<ParkResult> Park(ParkRequest request) =>
            throw new NotSupportedException("The intake parks nothing.");

        public ValueTask ApplyReplayed(ReplayedRun run) =>
            throw new NotSupportedException("The intake replays nothing.");
    }
}
