namespace Tributary.Simulation.Tests;

/// <summary>Ways to break the engine, one for each promise: see <see cref="BrokenRules"/>.</summary>
internal enum Sabotage
{
    None,

    /// <summary>Callers are answered before their round is durable.</summary>
    AnswerEarly,

    /// <summary>A commit whose answer was lost is taken for one that did not happen.</summary>
    TakeDoubtForNo,

    /// <summary>A refused round leaves its states behind.</summary>
    ForgetToRevert,

    /// <summary>Reminders fire a second ahead of time.</summary>
    RunAhead,

    /// <summary>Calls that a round leaves to the next are dropped.</summary>
    DropDeferred,

    /// <summary>
    /// The row of an activity stays when its result was applied, so that it runs again after the next start.
    /// </summary>
    KeepFinished,

    /// <summary>Results of activities that were replaced count as well.</summary>
    CountStale,

    /// <summary>What is left of messages is forgotten when a round runs again.</summary>
    ForgetParts,

    /// <summary>A result that the database refuses is not told to its owner.</summary>
    DropRefused,

    /// <summary>A round that found no room is taken for one that is durable.</summary>
    TakeFullForDone,

    /// <summary>What waits for room is forgotten when there is some.</summary>
    DropSetAside,

    /// <summary>What this build cannot make becomes a failure, as if its turn had thrown.</summary>
    FailUnreadable,

    /// <summary>Held calls are taken off, and not made, when a build can make them.</summary>
    DropHeld,

    /// <summary>The row of a failure stays when its call was made again.</summary>
    KeepFailed,

    /// <summary>Starts of activities that did not end are not counted.</summary>
    ForgetStarts,

    /// <summary>Turns run whoever owns their partition.</summary>
    RunElsewhere,

    /// <summary>A take that matched nothing counts as one that did.</summary>
    TakeForGranted,

    /// <summary>What was asked for in an earlier tenure of a partition is taken for an answer of this one.</summary>
    KeepTenure,

    /// <summary>A hint of a row is taken before the first poll of its partition's tenure has ended.</summary>
    HintBeforePoll,

    /// <summary>A hint of a row is taken although the last poll could see the row.</summary>
    HintAgain,

    /// <summary>What memory holds of a partition stays when the partition is given.</summary>
    KeepGiven,

    /// <summary>Rounds go in whatever the definitions that their turns counted by.</summary>
    CountByOldDefinitions,

    /// <summary>Messages are counted by the definitions of now, and their values found at the first paths.</summary>
    IndexByOldPaths,

    /// <summary>An activity that ran when the process ended twice is given up, whether it was alone or not.</summary>
    CondemnBystanders,

    /// <summary>A call whose silo was lost is taken for one that did not run, so that it is made again.</summary>
    MakeAgain,

    /// <summary>A silo that was declared dead goes on writing, and the database lets it.</summary>
    WriteDead,

    /// <summary>Hints of other silos' commits are lost, and the tail of messages has no poll behind them.</summary>
    LoseHints,

    /// <summary>The tail reads what is durable beyond the horizon, below which more may appear.</summary>
    ReadBeyondHorizon,

    /// <summary>Subscribers of states read nothing again when changes may have been missed.</summary>
    ForgetDoubts,
}
