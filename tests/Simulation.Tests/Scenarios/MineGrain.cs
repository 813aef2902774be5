using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>A grain whose activity ends the process whenever it runs.</summary>
public interface IMineGrain : IGrainWithStringKey
{
    ValueTask<int> Lay();
}

public sealed record MineState(int LaidCount, int DefusedCount);

public sealed class MineGrain(Observer observer) : RoundGrain<MineState>, IMineGrain, IActivityOwner
{
    public const string Explode = "explode";

    protected override MineState Initial() => new(0, 0);

    public ValueTask<int> Lay()
    {
        State = State with { LaidCount = State.LaidCount + 1 };
        StartActivity($"mine {State.LaidCount}", Explode, default);
        return ValueTask.FromResult(State.LaidCount);
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        observer.CheckEnded(Key, name, attempt, result);
        if (result.HasEndedTheProcess)
            State = State with { DefusedCount = State.DefusedCount + 1 };
        return ValueTask.CompletedTask;
    }
}

/// <summary>Takes a while and the process with it.</summary>
public sealed class ExplodeActivity(Scenario scenario) : IActivity
{
    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        await scenario.World.Delay(TimeSpan.FromMilliseconds(scenario.World.Random.Next(150)));
        cancellation.ThrowIfCancellationRequested();
        scenario.EndProcess();
        await new TaskCompletionSource().Task;
        return null;
    }
}

/// <summary>Lays a mine now and then.</summary>
public sealed class MineClient(Scenario scenario)
{
    public async Task RunAsync()
    {
        for (var left = scenario.World.Random.Next(1, 4); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(scenario.World.Random.Next(800)));
            var key = $"field {scenario.World.Random.Next(2)}";
            if (await scenario.AskAsync(grains => grains.GetGrain<IMineGrain>(key).Lay()) is not null)
                scenario.Promises.MinesLaidCount++;
        }
    }
}

/// <summary>What runs in the process that is alive, and what ran in those that have ended.</summary>
public sealed class Witness(SimulationWorld world)
{
    private readonly List<IReadOnlySet<(RoundGrainId Owner, string Name, int Attempt)>> ends = [];
    private HashSet<(RoundGrainId Owner, string Name, int Attempt)> running = [];

    /// <summary>The process ended with what ran in it.</summary>
    public void Ended()
    {
        ends.Add(running.ToHashSet());
        running = [];
    }

    /// <summary>The process ended in order.</summary>
    public void Stopped() => running = [];

    /// <summary>An activity that is watched.</summary>
    public IActivity Watch(IActivity activity) => new Watched(this, activity);

    /// <summary>
    /// An activity that is given up was there when a process ended, and nothing else was; and not for one end or two.
    /// </summary>
    public void CheckEnded(RoundGrainId owner, string name, int attempt)
    {
        var activity = (owner, name, attempt);
        if (ends.Count < 3 || !ends.Exists(ran => ran.Count == 0 || (ran.Count == 1 && ran.Contains(activity))))
        {
            world.Fail(new InvalidOperationException(
                $"{owner} was told that {name} ended the process alone; there were {ends.Count} ends, and it never "
                + "was."));
        }
    }

    private sealed class Watched(Witness witness, IActivity activity) : IActivity
    {
        public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
        {
            var own = witness.running;
            var key = (start.Owner, start.Name, start.Attempt);
            own.Add(key);
            try
            {
                return await activity.RunAsync(start, cancellation);
            }
            finally
            {
                own.Remove(key);
            }
        }
    }
}
