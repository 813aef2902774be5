namespace Tributary.Rounds.Reports;

/// <summary>What a silo says of itself.</summary>
/// <param name="RoundsPerSecond">Of the last ten seconds.</param>
/// <param name="CommitMs">The average time of their commits in milliseconds; null without a round.</param>
/// <param name="InboxDepth">Calls that wait for the loop.</param>
/// <param name="ActivitiesCount">Activities that wait, run, or whose results wait for their turns.</param>
/// <param name="PartitionsCount">Partitions whose turns run in the silo.</param>
/// <param name="FeedLagMs">
/// The age of the newest message, in milliseconds since it was received, when the silo's feed handed it to subscribers;
/// null when the feed has handed out nothing yet.
/// </param>
/// <param name="Moves">The last moves of its partitions, newest first.</param>
[GenerateSerializer, Immutable, Alias("tributary.silo-report")]
public sealed record SiloReport(
    [property: Id(0)] double RoundsPerSecond,
    [property: Id(1)] double? CommitMs,
    [property: Id(2)] int InboxDepth,
    [property: Id(3)] int ActivitiesCount,
    [property: Id(4)] int PartitionsCount,
    [property: Id(5)] double? FeedLagMs,
    [property: Id(6)] SiloMove[] Moves);

/// <summary>Partitions that came or went together, or a silo that was declared dead.</summary>
/// <param name="PartitionsCount">How many partitions; 0 for a silo.</param>
/// <param name="Why">A sentence.</param>
[GenerateSerializer, Immutable, Alias("tributary.silo-move")]
public sealed record SiloMove(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] SiloMoveKind Kind,
    [property: Id(2)] int PartitionsCount,
    [property: Id(3)] string Why);

/// <summary>What happened.</summary>
[GenerateSerializer, Alias("tributary.silo-move-kind")]
public enum SiloMoveKind
{
    /// <summary>Partitions came to the silo.</summary>
    Taken,

    /// <summary>Partitions went to other silos.</summary>
    Given,

    /// <summary>The silo declared another one dead.</summary>
    Declared,
}
