using Tributary.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Feed.Changes;

/// <summary>What a durable round added to the feeds that have positions.</summary>
/// <param name="HasMessages">The round stored messages.</param>
/// <param name="HasFailures">The round raised failures.</param>
public readonly record struct RoundNews(bool HasMessages, bool HasFailures)
{
    public bool IsEmpty => !HasMessages && !HasFailures;

    public static RoundNews Of(RoundCommit round) => new(round.Messages.Count > 0, HasRaised(round));

    public RoundNews And(RoundNews other) => new(HasMessages || other.HasMessages, HasFailures || other.HasFailures);

    private static bool HasRaised(RoundCommit round)
    {
        // A part is superseded only when it was raised.
        if (round.Superseded.Count > 0)
            return true;
        foreach (var row in round.Parts)
        {
            if (HasRaised(row.Parts))
                return true;
        }

        foreach (var message in round.Messages)
        {
            if (HasRaised(message.Parts))
                return true;
        }

        return false;
    }

    private static bool HasRaised(IReadOnlyList<MessagePart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].IsRaised)
                return true;
        }

        return false;
    }
}
