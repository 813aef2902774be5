using Tributary.Rounds;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>Counts what becomes of the hints of rows, so that a world in which they mean nothing is noticed.</summary>
internal sealed class HintWitness : EngineRules
{
    /// <summary>Hints that brought their rows before a poll did.</summary>
    public long TakenCount { get; private set; }

    /// <summary>Hints that came when the last poll could see their rows, or before the first poll.</summary>
    public long LateCount { get; private set; }

    public override bool TakesHint(bool hasPolled, bool wasSeen)
    {
        var takes = base.TakesHint(hasPolled, wasSeen);
        TakenCount += takes ? 1 : 0;
        LateCount += takes ? 0 : 1;
        return takes;
    }
}
