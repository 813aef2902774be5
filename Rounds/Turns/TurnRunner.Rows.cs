using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Turns;

/// <summary>
/// Makes the calls of a deferred row, all in one round, which also removes the row. A call of the row that fails, or
/// that this build cannot make, is kept by itself, and the others go on.
/// </summary>
internal sealed partial class TurnRunner
{
    /// <summary>Makes the calls of a row whose grains are loaded.</summary>
    public void RunRow(DeferredInput row, Round round, DateTimeOffset now)
    {
        context.Now = now;
        Begin(row, round);
        for (var i = 0; i < row.Calls.Count; i++)
        {
            if (i > 0 && IsOutOfRoom(round))
            {
                // The positions of a round are bounded. What is left goes on in a later round, as a row of its own.
                for (; i < row.Calls.Count; i++)
                    Leave(row.Calls[i], round);
                break;
            }

            RunStored(row.Calls[i], row, round);
            var made = 0;
            RunChain(round, ref made, options.MaxChainedCallsCount);
        }

        Settle(row, round);
    }

    /// <summary>
    /// Replaces a row that the database refuses by rows of its single calls: the call that is to blame fails by itself.
    /// </summary>
    public void Split(DeferredInput row, Round round, DateTimeOffset now)
    {
        context.Now = now;
        Begin(row, round);
        foreach (var call in row.Calls)
            round.Deferred.Add(LeftRow.Of(row.Call.Partition, [call with { Sequence = 0 }]));
        Settle(row, round);
    }

    private static void Begin(DeferredInput row, Round round)
    {
        round.Inputs.Add(row);
        round.Held.Add(row.Call.Partition);
        round.InputBytes += row.SizeBytes;
        round.CallsCount += row.Calls.Count;
    }

    private bool IsOutOfRoom(Round round) =>
        round.Messages.Count >= options.MaxRoundMessagesCount || round.RaisedCount >= options.MaxRoundMessagesCount;

    private static void Leave(DeferredCall call, Round round) =>
        round.Left.Add(call.Partition, call with { Sequence = 0 });

    private void RunStored(DeferredCall call, DeferredInput row, Round round)
    {
        if (!activations.TryGet(call.Target, out var activation))
        {
            KeepStored(call, UnreadableException.OfType(call.Target.Type), round);
            return;
        }

        var error = (Exception?)activation.LoadError;
        if (error is null && activation.Merged is not null)
            ApplyMerged(activation, round);
        origin = call.Origin;
        if (error is null && rules.RunsTurn(row, reminders))
        {
            error = RunTurn(activation, round, call, (grain, state) =>
            {
                var stored = (DeferredCall)state;
                StoredCall.Invoke(grain, stored.Target, stored.Method, stored.Arguments, types);
            });
        }

        if (error is not null)
            KeepStored(call, error, round);
    }

    private void KeepStored(DeferredCall call, Exception error, Round round)
    {
        if (error is UnreadableException obstacle && rules.Holds(obstacle))
            Hold(call.Target, call.Method, call.Arguments, obstacle, round);
        else
            round.Failures.Add(NewFailure(call.Target, call.Method, call.Arguments, error));
    }
}
