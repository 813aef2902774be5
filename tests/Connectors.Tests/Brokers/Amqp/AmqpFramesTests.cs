using Tributary.Connectors.Brokers.Amqp;
using Tributary.TestingHost.Brokers;

namespace Tributary.Connectors.Tests.Brokers.Amqp;

/// <summary>
/// What comes out is what went in, however it was cut, but for headers that the client library cannot read.
/// </summary>
public sealed class AmqpFramesTests
{
    private static readonly byte[] Deliver = AmqpBytes.Frame(AmqpBytes.Method, [0, 60, 0, 60, 1, 2, 3]);
    private static readonly byte[] Heartbeat = AmqpBytes.Frame(8, []);

    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 10));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Sound_frames_pass_as_they_are(int seed)
    {
        var random = new Random(seed);
        var sent = new List<byte>();
        for (var i = 0; i < 20; i++)
        {
            sent.AddRange(random.Next(3) == 0 ? Heartbeat : Deliver);
            sent.AddRange(AmqpBytes.Frame(AmqpBytes.Header, AmqpBytes.Properties(random.Next(3) switch
            {
                0 => null,
                1 => AmqpBytes.Field("trace", 'S', AmqpBytes.Long(new byte[random.Next(100_000)])),
                _ => RawAmqpPublisher.NestedArrays(random.Next(1, AmqpTables.MaxDepth)),
            })));
            sent.AddRange(AmqpBytes.Frame(AmqpBytes.Body, new byte[random.Next(AmqpFrames.MaxFrameBytes)]));
        }

        Assert.True(Pass([.. sent], random).SequenceEqual(sent), "The bytes differ.");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Headers_that_the_library_cannot_read_are_replaced_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var sound = AmqpBytes.Frame(AmqpBytes.Header, AmqpBytes.Properties(AmqpBytes.Field("trace", 'V')));
        byte[] Large() => AmqpBytes.Field("large", 'S', AmqpBytes.Long(new byte[random.Next(300_000, 3_000_000)]));
        (byte[] Headers, string Fault)[] bad =
        [
            (RawAmqpPublisher.NestedArrays(24_000), "The headers have tables and arrays nested deeper than 64."),
            (AmqpBytes.Field("a", 'D', 29, 0, 0, 0, 1),
                "The headers have a decimal of the scale 29; allowed: at most 28."),
            (Large(), "The headers have more bytes than fit a frame of 262144."),
        ];
        var (sent, expected) = (new List<byte>(), new List<byte>());
        for (var i = 0; i < 12; i++)
        {
            var (headers, fault) = bad[random.Next(bad.Length)];
            var body = AmqpBytes.Frame(AmqpBytes.Body, [.. BitConverter.GetBytes(i)]);
            sent.AddRange(
                [.. Deliver, .. AmqpBytes.Frame(AmqpBytes.Header, AmqpBytes.Properties(headers, $"id {i}")), .. body,
                    .. sound]);
            expected.AddRange(
                [.. Deliver, .. AmqpBytes.Frame(AmqpBytes.Header, AmqpBytes.Properties(MarkerOf(fault), $"id {i}")),
                    .. body, .. sound]);
        }

        Assert.True(Pass([.. sent], random).SequenceEqual(expected), "The bytes differ.");
    }

    [Fact]
    public void What_is_no_frame_of_a_server_ends_the_connection()
    {
        void Refused(string found, byte[] sent) =>
            Assert.Equal(
                $"The server sent what no client can read: {found}.",
                Assert.Throws<AmqpException>(() => Pass(sent, new Random(1))).Message);

        var longer = AmqpBytes.Properties([]);
        longer[28] = 200;
        Refused("a frame of 131073 bytes; allowed: at most 131072", [AmqpBytes.Body, 0, 1, 0, 2, 0, 1, 0]);
        Refused("a frame of properties has 3 bytes", AmqpBytes.Frame(AmqpBytes.Header, [0, 60, 0]));
        Refused("the headers of a delivery are longer than their frame", AmqpBytes.Frame(AmqpBytes.Header, longer));
        Refused("the properties of a delivery end before their headers",
            AmqpBytes.Frame(AmqpBytes.Header, AmqpBytes.Properties([])[..20]));
        Refused(
            "a greeting with tables and arrays nested deeper than 64",
            AmqpBytes.Frame(AmqpBytes.Method,
                [0, 10, 0, 10, 0, 9, .. AmqpBytes.Long(RawAmqpPublisher.NestedArrays(100)),
                    .. AmqpBytes.Long("PLAIN"u8.ToArray())]));
    }

    private static byte[] MarkerOf(string fault) =>
        AmqpBytes.Field(AmqpHeaders.Marker, 'S', AmqpBytes.Long(System.Text.Encoding.UTF8.GetBytes(fault)));

    // Cut at random, mostly into small pieces at first and large ones later.
    private static byte[] Pass(byte[] sent, Random random)
    {
        var frames = new AmqpFrames();
        using var got = new MemoryStream();
        var taken = new byte[10_000];
        for (var at = 0; at < sent.Length;)
        {
            var room = frames.Room();
            var count =
                Math.Min(Math.Min(room.Length, sent.Length - at),
                    random.Next(2) == 0 ? random.Next(1, 20) : random.Next(1, 200_000));
            sent.AsMemory(at, count).CopyTo(room);
            at += count;
            frames.Added(count);
            while (frames.Take(taken.AsSpan(0, random.Next(1, taken.Length))) is var moved and > 0)
                got.Write(taken, 0, moved);
        }

        return got.ToArray();
    }
}
