using Tributary.Storage.Rounds;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>The messages of all durable rounds, in the order of their positions.</summary>
internal sealed class CommitLog
{
    private readonly SortedList<Position, AppendedRow> messages = [];

    public int Count => messages.Count;

    public Position End => messages.Count == 0 ? Position.Start : messages.Keys[^1];

    public void See(RoundCommit round, CommitOutcome.Committed outcome)
    {
        for (var i = 0; i < round.Messages.Count; i++)
        {
            var row = round.Messages[i];
            messages.Add(
                Position.Of(outcome.Transaction, i),
                new AppendedRow(row.Message.Id, row.Message.Source, row.Message.Item, row.ItemSequence));
        }
    }

    /// <summary>How many messages lie at or below the position.</summary>
    public int CountUpTo(Position position)
    {
        var (low, high) = (0, messages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (messages.Keys[middle] <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    public (Position Position, AppendedRow Row) At(int index) => (messages.Keys[index], messages.Values[index]);
}

/// <summary>A durable message.</summary>
internal sealed record AppendedRow(MessageId Id, string Source, string Item, long ItemSequence);
