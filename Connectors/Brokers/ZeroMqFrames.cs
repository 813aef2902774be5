namespace Tributary.Connectors.Brokers;

/// <summary>The frames of one ZeroMQ message, in order.</summary>
internal sealed class ZeroMqFrames(byte[] first)
{
    // Bounds a message that is no delivery: the frames after this number are cut off, and the fault says so.
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
    /// The body is the only frame, or the one after the topic. Any other message is a fault,
    /// whose body is all its frames joined.
    /// </summary>
    public Delivery ToDelivery(bool isSubscriber)
    {
        if (count == frames.Count && count <= (isSubscriber ? 2 : 1))
            return new Delivery(frames[^1]);
        var allowed = isSubscriber ? "the body, or a topic and the body" : "one frame";
        var lengths = string.Join(", ", frames.Take(10).Select(frame => frame.Length));
        var more = (frames.Count > 10 ? ", …" : "")
            + (frames.Count < count ? $"; kept are the first {frames.Count} of them" : "");
        return new Delivery(frames.SelectMany(frame => frame).ToArray())
        {
            Fault = new Reception.Refused(
                "frames_unexpected",
                $"The message has {count} frames (bytes: {lengths}{more}); allowed: {allowed}."),
        };
    }
}
