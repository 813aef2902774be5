using Tributary.Messages;

namespace Tributary.Bench.Limits;

/// <summary>
/// Batches of a sample's messages, each message with a new id and a new item, whose id grows with time like one made
/// for a message without one.
/// </summary>
internal sealed class SampleBatches(IReadOnlyList<AppendedMessage> sample, int batchRowCount)
{
    private int next;

    public IReadOnlyList<AppendedMessage> Next()
    {
        var batch = new AppendedMessage[batchRowCount];
        for (var i = 0; i < batch.Length; i++)
        {
            var appended = sample[next++ % sample.Count];
            batch[i] = new AppendedMessage(
                appended.Message with
                {
                    Id = new MessageId(Guid.CreateVersion7()),
                    Item = Guid.CreateVersion7().ToString("D"),
                },
                appended.ItemSequence,
                appended.Generations);
        }

        return batch;
    }
}
