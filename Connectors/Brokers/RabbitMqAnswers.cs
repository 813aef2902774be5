using System.Threading.Channels;
using RabbitMQ.Client;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// What the server is told of the deliveries of one channel: one writer, which says as much as it can at a time.
/// </summary>
/// <param name="maxCount">Most deliveries without an answer.</param>
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

    /// <summary>True once the server was told of a delivery.</summary>
    public bool HasSaidSomething { get; private set; }

    public void Ack(ulong tag) => Add(new(tag, Kind.Ack));

    public void Nack(ulong tag, bool requeue) => Add(new(tag, requeue ? Kind.Requeue : Kind.Discard));

    /// <summary>No more will come: <see cref="RunAsync"/> ends when it has said what is waiting.</summary>
    public void Complete() => waiting.Writer.TryComplete();

    /// <exception cref="Exception">
    /// The channel is closed. The server delivers again what it was not told of.
    /// </exception>
    public async Task RunAsync()
    {
        var alone = new List<ulong>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (waiting.Reader.TryRead(out var answer))
            {
                // A delivery that goes back has its answer before an acknowledgement could run over it.
                if (answer.Kind == Kind.Ack)
                    alone.Add(answer.Tag);
                else
                    await channel.BasicNackAsync(answer.Tag, multiple: false, answer.Kind == Kind.Requeue);
                tags.Done(answer.Tag);
            }

            // Named is the last one that has no answer yet: the server takes one that it knows no more for an error.
            var runEnd = tags.TakeRun() ?? 0;
            if (alone.Where(tag => tag <= runEnd).DefaultIfEmpty().Max() is var last and > 0)
                await channel.BasicAckAsync(last, multiple: true);

            // What lies beyond a gap is not held back by it.
            foreach (var tag in alone.Where(tag => tag > runEnd))
                await channel.BasicAckAsync(tag, multiple: false);
            HasSaidSomething = true;
            alone.Clear();
        }
    }

    // Never full: the server sends no more deliveries than fit before it is told of one of them.
    private void Add(Answer answer) => waiting.Writer.TryWrite(answer);

    private readonly record struct Answer(ulong Tag, Kind Kind);
}
