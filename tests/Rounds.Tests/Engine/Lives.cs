namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// An activity that takes a second and ends its process when its owner is poisonous; and processes that are started
/// again when they have ended.
/// </summary>
internal sealed class Lives(EngineRun run) : IActivity
{
    private readonly HashSet<string> running = [];
    private bool hasEnded;

    /// <summary>Owners whose activities end the process.</summary>
    public HashSet<string> Poison { get; } = [];

    /// <summary>What was started, in order, with what ran then.</summary>
    public List<(string Owner, IReadOnlyList<string> Others)> Starts { get; } = [];

    /// <summary>How often a poison has ended the process.</summary>
    public int EndsCount { get; private set; }

    public IReadOnlyCollection<string> Running => running;

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        var owner = start.Owner.Key;
        Starts.Add((owner, [.. running]));
        running.Add(owner);
        await run.World.Delay(TimeSpan.FromSeconds(1));
        if (cancellation.IsCancellationRequested)
        {
            running.Remove(owner);
            throw new OperationCanceledException(cancellation);
        }

        if (Poison.Contains(owner))
        {
            EndsCount++;
            Kill();
            await new TaskCompletionSource().Task;
        }

        running.Remove(owner);
        return null;
    }

    /// <summary>Ends the process as a crash does.</summary>
    public void Kill()
    {
        run.Crash();
        running.Clear();
        hasEnded = true;
    }

    /// <summary>Starts the process again whenever it has ended, until the condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            if (hasEnded)
            {
                hasEnded = false;
                await run.StartAsync();
            }

            await run.UntilAsync(() => hasEnded || condition());
        }
    }
}
