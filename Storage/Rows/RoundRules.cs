using Tributary.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>The rules for rounds on every store, checked before the database is asked.</summary>
internal static class RoundRules
{
    /// <exception cref="RefusedRoundException">The round breaks a rule.</exception>
    public static void Check(RoundCommit round)
    {
        if (round.Messages.Count > Position.MaxMessagesPerRoundCount)
        {
            throw new RefusedRoundException(
                $"The round holds {round.Messages.Count} messages; at most {Position.MaxMessagesPerRoundCount} fit in "
                + "one.");
        }

        if (round.Deferred.Count + round.Held.Count > Position.MaxMessagesPerRoundCount)
        {
            throw new RefusedRoundException(
                $"The round leaves {round.Deferred.Count} calls and holds {round.Held.Count}; "
                + $"at most {Position.MaxMessagesPerRoundCount} together fit in one.");
        }

        foreach (var appended in round.Messages)
        {
            StorableText.Check(appended.Message.Source, "The source");
            StorableText.Check(appended.Message.Item, "The item's id");
            StorableText.Check(appended.Message.MediaType, "The media type");
        }

        foreach (var external in round.ExternalIds)
        {
            if ((uint)external.MessageIndex >= (uint)round.Messages.Count)
            {
                throw new RefusedRoundException(
                    $"An external id names message {external.MessageIndex} of a round of {round.Messages.Count}.");
            }
        }

        foreach (var state in round.States)
            CheckState(state);

        foreach (var reminder in round.Reminders)
        {
            CheckGrain(reminder.Grain);
            StorableText.Check(reminder.Name, "The reminder's name");
            if (reminder.Set?.Activity is { } activity)
                StorableText.Check(activity, "The activity's type");
        }

        foreach (var call in round.Deferred)
        {
            CheckGrain(call.Target);
            StorableText.Check(call.Method, "The method's name");
        }

        foreach (var held in round.Held)
        {
            CheckGrain(held.Call.Target);
            StorableText.Check(held.Call.Method, "The method's name");
        }

        foreach (var failure in round.Failures)
        {
            CheckGrain(failure.Target);
            StorableText.Check(failure.Method, "The method's name");
        }

        foreach (var delta in round.Ledger)
            StorableText.Check(delta.Source, "The source");
        ProcessingRules.Check(round);
    }

    private static void CheckState(in StateRow state)
    {
        CheckGrain(state.Grain);
        if (state.Table != StateTable.Aggregates)
            return;

        try
        {
            AggregateKey.Parse(state.Grain.Key);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new RefusedRoundException(e.Message);
        }
    }

    private static void CheckGrain(RoundGrainId grain)
    {
        StorableText.Check(grain.Type, "The grain's type");
        StorableText.Check(grain.Key, "The grain's key");
    }
}
