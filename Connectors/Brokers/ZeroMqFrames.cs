namespace Tributary.Connectors.Brokers;

/// <summary>The frames of one ZeroMQ message, in the order in which they came.</summary>
internal sealed class ZeroMqFrames(byte[] first)
{
    // Of a message that is no delivery: one that has more is cut, and says so.
    private const int MaxFramesCount = 1_000;

    private readonly List<byte[]> frames = [first];
    private long keptBytes = first.Length;
    private long count = 1;

    public void Add(byte[] frame)
    {
        count++;
        if (frames.Count >= MaxFramesCount || keptBytes + frame.Length > ZeroMqSession.MaxMessageBytes)
            return;
        frames.Add(frame);
        keptBytes += frame.Length;
    }

    /// <summary>
    /// The body: the only frame, or the one after the topic. Any other message is a fault, and its frames follow each
    /// other in the body.
    /// </summary>
    public Delivery ToDelivery(bool isSubscriber)
    {
        if (count == frames.Count && count <= (isSubscriber ? 2 : 1))
            return new Delivery(frames[^1]);
        var allowed = isSubscriber ? "the body, or a topic and the body" : "one frame";
        var lengths = string.Join(", ", frames.Take(10).Select(frame => frame.Length));
        var more = frames.Count < count ? $"; kept are the first {frames.Count} of them" : "";
        return new Delivery(frames.SelectMany(frame => frame).ToArray())
        {
            Fault = new Reception.Refused(
                "frames_unexpected",
                $"The message has {count} frames (bytes: {lengths}{(frames.Count > 10 ? ", …" : "")}{more}); allowed: "
                + $"{allowed}."),
        };
    }
}
