using Tributary.Messages;

namespace Tributary.Bench.Limits;

/// <summary>
/// Batches of a sample's messages, each with a new id and a new item. The item's id grows with time, like the id that
/// the platform makes for a message without an item.
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
