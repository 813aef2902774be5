using System.Text;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>A grain of the simulation that uses everything besides messages: reminders, activities, calls to grains that are not here.</summary>
public interface IAlarmGrain : IGrainWithStringKey
{
    /// <summary>Sets an alarm; when it rings, an activity runs until it succeeds; then the tally is told.</summary>
    ValueTask<int> Set(int delayMs);

    /// <summary>Changes the state, calls another grain, and throws.</summary>
    ValueTask Explode();

    [ReadOnly]
    ValueTask<AlarmState> Read();
}

/// <summary>Counts what alarms report.</summary>
public interface ITallyGrain : IGrainWithStringKey
{
    ValueTask Add(int count);
}

public sealed record AlarmState(int SetCount, int RungCount, int DoneCount, bool HasExploded);

public sealed record TallyState(int Count);

public sealed class AlarmGrain(Observer observer) : Grain<AlarmState>, IAlarmGrain, IRemindable, IActivityOwner
{
    public const string Work = "work";

    protected override AlarmState Initial() => new(0, 0, 0, false);

    public ValueTask<int> Set(int delayMs)
    {
        State = State with { SetCount = State.SetCount + 1 };
        var due = Now.AddMilliseconds(delayMs);
        SetReminder($"alarm {State.SetCount}", due, Encoding.UTF8.GetBytes(due.UtcTicks.ToString()));
        return ValueTask.FromResult(State.SetCount);
    }

    public ValueTask Explode()
    {
        State = State with { HasExploded = true };
        Send(GetGrain<ITallyGrain>(Key).Add(1_000_000));
        SetReminder("never", Now);
        throw new InvalidOperationException("boom");
    }

    public ValueTask<AlarmState> Read() => ValueTask.FromResult(State);

    public ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload)
    {
        observer.CheckNotEarly(name, new DateTimeOffset(long.Parse(Encoding.UTF8.GetString(payload.Span)), TimeSpan.Zero));
        State = State with { RungCount = State.RungCount + 1 };
        StartActivity("work for " + name, Work, payload);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        if (result.Error is not null)
        {
            StartActivity(name, Work, default, attempt + 1, Now.AddMilliseconds(50 * attempt));
            return ValueTask.CompletedTask;
        }

        State = State with { DoneCount = State.DoneCount + 1 };
        Send(GetGrain<ITallyGrain>("tally of " + Key).Add(1));
        return ValueTask.CompletedTask;
    }
}

public sealed class TallyGrain : Grain<TallyState>, ITallyGrain
{
    protected override TallyState Initial() => new(0);

    public ValueTask Add(int count)
    {
        State = new TallyState(State.Count + count);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Work that takes a while and fails now and then.</summary>
public sealed class FlakyWork(TestingHost.Simulation.SimulationWorld world) : IActivity
{
    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(GrainId owner, int attempt, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(200)));
        cancellation.ThrowIfCancellationRequested();
        return world.Random.Next(4) == 0 ? throw new TimeoutException("The work failed, as it does one time in four.") : payload;
    }
}

/// <summary>Checks from inside turns.</summary>
public sealed class Observer(TestingHost.Simulation.SimulationWorld world, TimeProvider databaseTime)
{
    public void CheckNotEarly(string name, DateTimeOffset due)
    {
        if (databaseTime.GetUtcNow() < due)
            world.Fail(new InvalidOperationException($"The reminder '{name}' is early: due {due:O}, and the database's clock says {databaseTime.GetUtcNow():O}."));
    }
}
