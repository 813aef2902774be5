using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Plugins;
using Tributary.Replays;
using Tributary.Storage;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What travels between processes arrives as it was sent.</summary>
public sealed class WireTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static readonly Serializer Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly MessageReference Reference =
        new(new MessageId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), new Position(65_536), "source", Noon, 3);

    private static DateTimeOffset Noon => new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static Message Message => new()
    {
        Id = Reference.Id,
        Source = "source",
        Item = "item",
        ExternalId = "external",
        MediaType = "application/json",
        Body = """{"a":1}"""u8.ToArray(),
        ReceivedAt = Noon,
        IndexedValues = [new IndexedValue(7, new byte[] { 1, 2 })],
    };

    private static AggregateDelta Delta => new(
        3, [new SumMeasure(2, 2, 1), new MinMeasure(4), DistinctMeasure.Of(99), QuantilesMeasure.Of(2.5)]);

    private static Contribution Contribution => new(new RoundGrainId("aggregate", "1/0/g"), 1, Delta);

    private static MessagePart Part =>
        new("plugin", MessageStatus.Retrying, ProcessingStep.Query, 2, Noon, "no_content: Gone.") { IsRaised = true };

    // Lists as grains make them: compilers give collection expressions types of their own.
    public static TheoryData<object> Values => new((object[])[
        new RetryRequest(4, ["one", .. Two()]), new RetryRequest(4), new RetryResult([.. Two()], []),
        new ParkRequest(4, [.. Two()]), new ParkResult([.. Two(), "three"]),
        new ItemView("item", 4, "source", "text/plain", Noon, Noon.AddDays(1), Reference.Id)
        {
            UnfinishedCount = 1,
            Unfinished = [.. new[] { Part }.Select(static part =>
                new UnfinishedView(Reference, [part, .. Three(part)]))],
        },
        new ReplayedRun("plugin", 2, "item", Reference, [new PluginRecord("{}"u8.ToArray(), "key")], [Contribution]),
        new ReplayRequest(3, 10, 20),
        new ReplayProgress
        {
            Generation = 3, Status = ReplayStatus.Incomplete, FromMs = 5, ToMs = 6, Cursor = 7, TotalCount = 8,
                SeenCount = 9,
            CountedCount = 10, Failed = [.. new[] { 1 }.Select(static _ => new FailedReplay(Guid.Empty, "e: f", 2))],
            StartedAt = Noon, EndedAt = Noon.AddHours(1), Error = "e: why", Attempt = 11, Failures = 12,
        },
        Delta, AggregateState.Empty.Add(Delta), Message, Contribution, Part,
        new FeedEntry("cursor", Reference.Id, "source", "item", 4, Noon, "text/plain", [1, 2, 3]),
    ]);

    [Theory, MemberData(nameof(Values))]
    public void Values_arrive_whole(object sent)
    {
        var arrived = RoundTrip(sent);

        Assert.NotSame(sent, arrived);
        Assert.Equal(sent.GetType(), arrived.GetType());
        // Their public properties, as JSON shows them.
        Assert.Equal(JsonSerializer.Serialize(sent, sent.GetType(), Web),
            JsonSerializer.Serialize(arrived, sent.GetType(), Web));
    }

    [Fact]
    public void A_message_on_its_way_in_arrives_with_what_its_turn_needs()
    {
        var sent = new IncomingMessage(Message, [Contribution], isNewItem: true, parts: [Part]);

        var arrived = (IncomingMessage)RoundTrip(sent);

        Assert.Equal(sent.Message.Body.ToArray(), arrived.Message.Body.ToArray());
        Assert.Equal(
            (sent.BodyHash, sent.External, sent.UnscopedExternal, sent.IsNewGrain, sent.SizeBytes),
            (arrived.BodyHash, arrived.External, arrived.UnscopedExternal, arrived.IsNewGrain, arrived.SizeBytes));
        Assert.Equal(sent.Grains, arrived.Grains);
        Assert.Equal(sent.Generations, arrived.Generations);
        Assert.Equal(sent.Parts, arrived.Parts);
        Assert.Equal(3, Assert.Single(arrived.Contributions).Delta.Count);
    }

    [Fact]
    public void Bodies_travel_as_bytes()
    {
        var one = Serializer.SerializeToArray<object>(new IncomingMessage(WithBody(1), [], isNewItem: false)).Length;
        var many = Serializer.SerializeToArray<object>(new IncomingMessage(WithBody(100_001), [],
            isNewItem: false)).Length;

        // A length, and no header for each byte.
        Assert.InRange(many - one, 100_000, 100_010);
    }

    [Fact]
    public void A_receipt_travels_as_a_plain_value_with_its_position()
    {
        var appended = new AppendedMessage(Message, 1, []);
        var sent = new Receipt(appended);
        appended.Commit(new Position(131_072));
        sent.Depart();

        var arrived = (Receipt)RoundTrip(sent);

        Assert.Equal((sent.Id, "item", new Position(131_072), false),
            (arrived.Id, arrived.Item, arrived.Position, arrived.IsRepeat));
    }

    [Fact]
    public void Errors_arrive_with_their_types_and_codes()
    {
        var overloaded = (OverloadedException)RoundTrip(new OverloadedException("Full.", TimeSpan.FromSeconds(3)));
        Assert.Equal(("overloaded", "Full.", TimeSpan.FromSeconds(3)),
            (overloaded.Code, overloaded.Message, overloaded.RetryAfter));
        var store = (StoreException)RoundTrip(new StoreException(StoreFault.Full, "No room."));
        Assert.Equal(("store_full", StoreFault.Full), (store.Code, store.Fault));
        var inner = (TributaryException)RoundTrip(new TributaryException("outer", "Outside.",
            new TimeoutException("Inside.")));
        Assert.Equal(("outer", "Inside."), (inner.Code, inner.InnerException!.Message));
    }

    [Fact]
    public void Every_type_that_grain_interfaces_name_can_travel()
    {
        // Of all public grain interfaces: what a method takes and returns has a codec.
        var codecs = new ServiceCollection().AddSerializer().BuildServiceProvider()
            .GetRequiredService<CodecProvider>();
        var methods = typeof(IItemGrain).Assembly.GetExportedTypes()
            .Where(static type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type))
            .SelectMany(static type => type.GetMethods()).ToList();
        Assert.True(methods.Count > 8);
        foreach (var type in methods.SelectMany(static method =>
            method.GetParameters().Select(static parameter => parameter.ParameterType)
            .Concat(method.ReturnType.GenericTypeArguments)).Distinct().Where(static type =>
                type != typeof(CancellationToken)))
        {
            Assert.NotNull(codecs.GetCodec(type));
        }
    }

    private static object RoundTrip(object sent) =>
        Serializer.Deserialize<object>(Serializer.SerializeToArray<object>(sent))!;

    private static Message WithBody(int bytes) => Message with { Body = new byte[bytes], ExternalId = null };

    private static IEnumerable<string> Two()
    {
        yield return "one";
        yield return "two";
    }

    private static IEnumerable<MessagePart> Three(MessagePart part) => [part, part];
}
