using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The inputs of a round that the database refused, in groups that run again, one group per round. A group that is
/// refused again is halved; an input that is refused alone is the culprit.
/// </summary>
internal sealed class Suspects
{
    private readonly Stack<List<Input>> groups = new();

    public bool IsEmpty => groups.Count == 0;

    /// <summary>Puts back a refused group; returns the culprit when the group was one input.</summary>
    public Input? Refuse(List<Input> group)
    {
        if (group.Count == 1)
            return group[0];
        var half = group.Count / 2;
        groups.Push(group[half..]);
        groups.Push(group[..half]);
        return null;
    }

    /// <summary>Adds an input, which runs next and alone.</summary>
    public void Add(Input alone) => groups.Push([alone]);

    /// <summary>The next group, in the order in which the inputs came.</summary>
    public List<Input> Next() => groups.Pop();

    /// <summary>Empties the groups, in order.</summary>
    public IEnumerable<Input> Clear()
    {
        while (groups.TryPop(out var group))
        {
            foreach (var input in group)
                yield return input;
        }
    }
}
