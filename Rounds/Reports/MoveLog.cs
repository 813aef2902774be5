namespace Tributary.Rounds.Reports;

/// <summary>The last moves of a silo's partitions, and why they were made. From any thread.</summary>
/// <param name="time">Says when.</param>
public sealed class MoveLog(TimeProvider time)
{
    /// <summary>Moves that are kept; an older one leaves.</summary>
    public const int MaxMovesCount = 20;

    private readonly Lock gate = new();
    private readonly LinkedList<SiloMove> moves = [];

    /// <param name="why">A sentence.</param>
    public void Add(SiloMoveKind kind, int partitionsCount, string why)
    {
        lock (gate)
        {
            moves.AddFirst(new SiloMove(time.GetUtcNow(), kind, partitionsCount, why));
            if (moves.Count > MaxMovesCount)
                moves.RemoveLast();
        }
    }

    /// <summary>Newest first.</summary>
    public SiloMove[] Read()
    {
        lock (gate)
            return [.. moves];
    }
}
