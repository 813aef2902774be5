using System.Runtime.InteropServices;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>
/// The rows of <c>outcomes</c> that a round adds: one per message, with all aggregates that the round counted it in.
/// </summary>
internal static class OutcomeRows
{
    public static List<(Position Message, ReadOnlyMemory<byte> List)> Of(RoundCommit round)
    {
        var lists = new Dictionary<Position, List<byte>>();
        foreach (var (message, outcome) in round.Outcomes)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, message, out _);
            OutcomeList.Write(outcome, list ??= []);
        }

        return [.. lists.Select(row => (row.Key, (ReadOnlyMemory<byte>)row.Value.ToArray()))];
    }
}
