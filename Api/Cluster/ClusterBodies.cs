using System.ComponentModel;
using Tributary.Rounds.Reports;

namespace Tributary.Api.Cluster;

/// <summary>The silos of the database, and its partitions.</summary>
public sealed record ClusterBody(
    [property: Description("Those that are not declared dead, by their ids.")] IReadOnlyList<SiloBody> Silos,
    [property: Description("All partitions, by their numbers.")] IReadOnlyList<PartitionBody> Partitions)
{
    /// <summary>The same as an answer shows it.</summary>
    public static ClusterBody Of(ClusterState state)
    {
        var owned = state.Partitions.Where(static place => place.Silo is not null).ToLookup(static place => place.Silo);
        return new ClusterBody(
            [.. state.Silos.Select(silo => SiloBody.Of(silo, [.. owned[silo.Row.Silo]]))],
            [
                .. state.Partitions.Select(static place =>
                    new PartitionBody(place.Partition.Value, place.Silo?.Value, place.WaitingRowsCount)),
            ]);
    }
}

public sealed record SiloBody(
    [property: Description("Its id in the database: another one after each start.")] long Id,
    [property: Description("Where other silos reach it, with its generation; empty for a silo alone.")] string Address,
    [property: Description("True while it is about to leave: it takes no partitions.")] bool IsLeaving,
    [property: Description("True when it was drained: it takes no partitions while another silo can have them.")]
        bool IsCordoned,
    [property: Description("False when no session of its process commits any more.")] bool HasSession,
    [property: Description("Its last durable round.")] long Round,
    [property: Description("Partitions that it owns.")] int PartitionCount,
    [property: Description("Rows of calls that wait for it; at most 100,000 of all silos are counted.")]
        int DeferredRowCount,
    [property: Description("Why it says nothing of itself; null when it does. The following are null then.")]
        string? Silence,
    [property: Description("Rounds per second, over the last ten seconds.")] double? RoundsPerSecond,
    [property: Description("The average time of their commits; null also when there was none.")] double? CommitMs,
    [property: Description("Calls that wait for its loop.")] int? InboxDepth,
    [property: Description("Activities that wait, run, or whose results wait for their turns.")] int? ActivityCount,
    [property: Description(
        "How old the newest message was when its feed handed it to subscribers; null also when it handed out nothing.")]
        double? FeedLagMs,
    [property: Description("The last moves of its partitions, newest first.")] IReadOnlyList<MoveBody>? Moves)
{
    internal static SiloBody Of(SiloState silo, IReadOnlyList<PartitionPlace> owned)
    {
        var (row, report) = (silo.Row, silo.Report);
        return new SiloBody(
            row.Silo.Value, row.Address, row.IsLeaving, row.IsCordoned, row.HasSession, row.Round, owned.Count,
            owned.Sum(static place => place.WaitingRowsCount), silo.Silence, report?.RoundsPerSecond,
            report?.CommitMs, report?.InboxDepth, report?.ActivitiesCount, report?.FeedLagMs,
            report?.Moves.Select(static move => new MoveBody(
                move.At, NameOf(move.Kind), move.PartitionsCount, move.Why)).ToList());
    }

    private static string NameOf(SiloMoveKind kind) => kind switch
    {
        SiloMoveKind.Taken => "TAKEN",
        SiloMoveKind.Given => "GIVEN",
        _ => "DECLARED",
    };
}

public sealed record MoveBody(
    DateTimeOffset At,
    [property: Description(
        "TAKEN: partitions came to the silo. GIVEN: they went to others. DECLARED: it declared another silo dead.")]
        string Kind,
    [property: Description("How many partitions; 0 with DECLARED.")] int PartitionCount,
    [property: Description("A sentence.")] string Why);

public sealed record PartitionBody(
    int Id,
    [property: Description("The id of its silo; null when nobody owns it.")] long? Silo,
    [property: Description("Rows of calls that wait for its owner.")] int DeferredRowCount);
