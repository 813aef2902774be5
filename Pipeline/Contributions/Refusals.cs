namespace Tributary.Pipeline.Contributions;

/// <summary>Why a message does not contribute to an aggregate, although it is accepted.</summary>
public enum RefusalReason
{
    /// <summary>A group's value is an object or an array.</summary>
    GroupNotScalar,

    /// <summary>A group's value is a number beyond the bounds of <see cref="ExactDecimal"/>.</summary>
    GroupNumberOutOfBounds,

    /// <summary>A group's value is a string with half of a surrogate pair.</summary>
    GroupNotUnicode,

    /// <summary>The group is longer than <see cref="ContributionCalculator.MaxGroupBytes"/>.</summary>
    GroupTooLong,

    /// <summary>The event's time is missing or not in the format of the definition.</summary>
    EventTimeInvalid,

    /// <summary>The event's time lies more than a day after the message's arrival.</summary>
    EventTimeAhead,
}

/// <param name="Aggregate">The definition's name.</param>
public sealed record RefusalCount(string Aggregate, int Generation, RefusalReason Reason, long Count);

/// <summary>Counts refusals, per definition and reason, since the process started.</summary>
internal sealed class Refusals(IReadOnlyList<DefinedGeneration> definitions)
{
    private static readonly RefusalReason[] Reasons = Enum.GetValues<RefusalReason>();

    private readonly long[] counts = new long[definitions.Count * Reasons.Length];

    public void Count(int definition, RefusalReason reason) =>
        Interlocked.Increment(ref counts[definition * Reasons.Length + (int)reason]);

    /// <summary>The refusals that occurred.</summary>
    public IReadOnlyList<RefusalCount> Read()
    {
        var list = new List<RefusalCount>();
        for (var i = 0; i < counts.Length; i++)
        {
            var count = Interlocked.Read(ref counts[i]);
            var definition = definitions[i / Reasons.Length];
            if (count > 0)
                list.Add(
                    new RefusalCount(
                        definition.Definition.Name, definition.Generation, Reasons[i % Reasons.Length], count));
        }

        return list;
    }
}
