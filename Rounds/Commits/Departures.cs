using Tributary.Rounds.Calls;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The one place where things leave the silo: after the round that they saw is durable, and never before.
/// </summary>
/// <param name="committed">
/// Called with every round that changed something, before its callers are answered: a reader of the feed sees the round
/// no later than the callers do.
/// </param>
internal sealed class Departures(Action<RoundCommit> committed)
{
    // Callers that go on together: a list of this length stays below the size that the garbage collector treats as
    // large.
    private const int MaxAnswersCount = 1_024;

    /// <summary>
    /// The round is durable: its messages get their positions, its callers their answers, and readers of the feed a
    /// hint.
    /// </summary>
    public void Release(Round round, long transaction)
    {
        for (var i = 0; i < round.Messages.Count; i++)
            round.Messages[i].Commit(Position.Of(transaction, i));
        if (round.HasEffects)
            committed(round.Commit);
        Answer(round);
    }

    /// <summary>
    /// The round had nothing to write, and the silo's row proved that this silo still owns what its turns read.
    /// </summary>
    public void ReleaseReads(Round round) => Answer(round);

    /// <summary>
    /// The store is away, and the outcome of the round is unknown: its callers learn that and nothing else. The error
    /// shows no effect of the round, so that it may leave before the round is durable.
    /// </summary>
    public static void Refuse(Round round, Exception error)
    {
        foreach (var input in round.Inputs)
            input.Refuse(error);
    }

    private static void Answer(Round round)
    {
        for (var begin = 0; begin < round.Inputs.Count; begin += MaxAnswersCount)
        {
            var end = Math.Min(begin + MaxAnswersCount, round.Inputs.Count);
            var answers = new Answers(end - begin);
            for (var i = begin; i < end; i++)
                round.Inputs[i].Release(answers);
            answers.Leave();
        }
    }
}
