using Tributary.Rounds.Calls;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The one place where things leave the silo: after the round that they saw is durable, and never before.
/// </summary>
/// <param name="committed">
/// Told of every round that changed something, before its callers are answered: who watches sees it no later than they
/// do.
/// </param>
internal sealed class Departures(Action<RoundCommit> committed)
{
    // Callers that go on together: a list of as many stays below what the garbage collector treats as large.
    private const int MaxAnswersCount = 1_024;

    /// <summary>
    /// The round is durable: its messages have their positions, its callers their answers, its readers a hint.
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
    /// Nothing was to be written, and the silo's row proved that this silo still owns what its turns read.
    /// </summary>
    public void ReleaseReads(Round round) => Answer(round);

    /// <summary>
    /// The store is away, and what becomes of the round is not known: its callers learn that, and no more. An error
    /// shows nothing of what the round saw, so that it may leave before the round is durable.
    /// </summary>
    public static void Refuse(Round round, Exception error)
    {
        foreach (var input in round.Inputs)
            input.Refuse(error);
    }

    /// <summary>What must never be done: see <see cref="Sabotage.AnswerEarly"/>.</summary>
    public static void AnswerEarly(Round round)
    {
        for (var i = 0; i < round.Messages.Count; i++)
            round.Messages[i].Commit(Position.Of(0, i));
        Answer(round);
        round.Inputs.Clear();
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
