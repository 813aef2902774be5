using Tributary.Messages;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>An activity that returns what a test says, after a while in virtual time.</summary>
internal sealed class Jobs(EngineRun run, Func<ActivityStart, object?> output) : IActivity
{
    public TimeSpan Takes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What was started, in order.</summary>
    public List<ActivityStart> Starts { get; } = [];

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        Starts.Add(start);
        await run.World.Delay(Takes);
        cancellation.ThrowIfCancellationRequested();
        return output(start);
    }
}

/// <summary>An output that says what its turn touches, and that nobody can write as JSON.</summary>
internal sealed class Output(params IReadOnlyList<RoundGrainId> grains) : INeeds
{
    public Output Self => this;

    public IEnumerable<RoundGrainId> Grains => IsBad ? throw new TimeoutException("These needs throw.") : grains;

    public bool IsBad { get; init; }

    public ExternalKey? External => null;

    public bool IsNewGrain => false;

    public int SizeBytes { get; init; }
}
