using System.Threading.Channels;
using RabbitMQ.Client;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// Acknowledges and rejects the deliveries of one channel: one writer, which answers as many at a time as it can.
/// </summary>
/// <param name="maxCount">Most unanswered deliveries.</param>
internal sealed class RabbitMqAnswers(IChannel channel, int maxCount)
{
    private readonly Channel<Answer> waiting = Channel.CreateBounded<Answer>(
        new BoundedChannelOptions(maxCount) { SingleReader = true });
    private readonly DeliveryTags tags = new();

    private enum Kind
    {
        Ack,
        Requeue,
        Discard,
    }

    /// <summary>True once at least one answer was sent.</summary>
    public bool HasSaidSomething { get; private set; }

    public void Ack(ulong tag) => Add(new(tag, Kind.Ack));

    public void Nack(ulong tag, bool requeue) => Add(new(tag, requeue ? Kind.Requeue : Kind.Discard));

    /// <summary>Ends the input: <see cref="RunAsync"/> ends when it has sent the waiting answers.</summary>
    public void Complete() => waiting.Writer.TryComplete();

    /// <exception cref="Exception">The channel is closed. The server redelivers every unanswered delivery.</exception>
    public async Task RunAsync()
    {
        var alone = new List<ulong>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (waiting.Reader.TryRead(out var answer))
            {
                // Rejections go out first, so that no acknowledgement of several deliveries covers a rejected one.
                if (answer.Kind == Kind.Ack)
                    alone.Add(answer.Tag);
                else
                    await channel.BasicNackAsync(answer.Tag, multiple: false, answer.Kind == Kind.Requeue);
                tags.Done(answer.Tag);
            }

            // Answers up to the last open delivery tag; RabbitMQ treats an unknown tag as an error.
            var runEnd = tags.TakeRun() ?? 0;
            if (alone.Where(tag => tag <= runEnd).DefaultIfEmpty().Max() is var last and > 0)
                await channel.BasicAckAsync(last, multiple: true);

            // A gap in the run does not hold back the deliveries after it.
            foreach (var tag in alone.Where(tag => tag > runEnd))
                await channel.BasicAckAsync(tag, multiple: false);
            HasSaidSomething = true;
            alone.Clear();
        }
    }

    // Never full: the prefetch bounds the unanswered deliveries, and each has at most one answer here.
    private void Add(Answer answer) => waiting.Writer.TryWrite(answer);

    private readonly record struct Answer(ulong Tag, Kind Kind);
}
