using System.Text;
using Orleans.Concurrency;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// A grain of the simulation that uses everything besides messages: reminders, activities, calls to grains that are not
/// here.
/// </summary>
public interface IAlarmGrain : IGrainWithStringKey
{
    /// <summary>Sets an alarm; when it rings, an activity runs until it succeeds; then the tally is told.</summary>
    ValueTask<int> Set(int delayMs, int count);

    /// <summary>Sets the one alarm that is moved and cancelled while it may be ringing.</summary>
    ValueTask Move(int delayMs);

    ValueTask Cancel();

    /// <summary>Begins a chain of <see cref="AlarmGrain.RippleLength"/> calls.</summary>
    ValueTask Ripple();

    /// <summary>Changes the state, calls another grain, and throws.</summary>
    ValueTask Explode();

    /// <summary>Changes the state, waits, and goes on when the turn is long over.</summary>
    ValueTask Stall();

    [ReadOnly]
    ValueTask<AlarmState> Read();
}

/// <summary>Counts what alarms report.</summary>
public interface ITallyGrain : IGrainWithStringKey
{
    ValueTask Add(int count);

    /// <summary>Counts, and passes on to another tally until nothing is left.</summary>
    ValueTask Pass(int left);
}

public sealed record AlarmState(
    int SetCount,
    int RungCount,
    int DoneCount,
    bool HasExploded,
    int MovesCount = 0,
    bool IsMoving = false,
    int RipplesCount = 0);

public sealed record TallyState(int Count);

public sealed class AlarmGrain(Observer observer) : RoundGrain<AlarmState>, IAlarmGrain, IReminderOwner, IActivityOwner
{
    public const string Work = "work";
    public const int RippleLength = 12;
    private const string Moving = "moving";

    protected override AlarmState Initial() => new(0, 0, 0, false);

    public ValueTask<int> Set(int delayMs, int count)
    {
        for (var i = 0; i < count; i++)
        {
            State = State with { SetCount = State.SetCount + 1 };
            var due = Now.AddMilliseconds(delayMs * (i + 1));
            SetReminder($"alarm {State.SetCount}", due, Encoding.UTF8.GetBytes(due.UtcTicks.ToString()));
        }

        return ValueTask.FromResult(State.SetCount);
    }

    public ValueTask Move(int delayMs)
    {
        State = State with { MovesCount = State.MovesCount + 1, IsMoving = true };
        SetReminder(Moving, Now.AddMilliseconds(delayMs), Encoding.UTF8.GetBytes(State.MovesCount.ToString()));
        return ValueTask.CompletedTask;
    }

    public ValueTask Cancel()
    {
        State = State with { MovesCount = State.MovesCount + 1, IsMoving = false };
        ClearReminder(Moving);
        return ValueTask.CompletedTask;
    }

    public ValueTask Ripple()
    {
        State = State with { RipplesCount = State.RipplesCount + 1 };
        Send(GetGrain<ITallyGrain>("ripple").Pass(RippleLength - 1));
        return ValueTask.CompletedTask;
    }

    public async ValueTask Stall()
    {
        var tally = GetGrain<ITallyGrain>(Key);
        State = State with { HasExploded = true };
        await observer.WaitAsync();
        State = State with { HasExploded = true };
        Send(tally.Add(1_000_000));
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
        if (name == Moving)
        {
            observer.CheckCurrent(Key, State, payload);
            State = State with { IsMoving = false };
            return ValueTask.CompletedTask;
        }

        observer.CheckNotEarly(
            name, new DateTimeOffset(long.Parse(Encoding.UTF8.GetString(payload.Span)), TimeSpan.Zero));
        State = State with { RungCount = State.RungCount + 1 };
        StartActivity("work for " + name, Work, payload);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        observer.CheckEnded(Key, name, attempt, result, "alarm");
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

public sealed class TallyGrain(Jam jam) : RoundGrain<TallyState>, ITallyGrain
{
    protected override TallyState Initial() => new(0);

    public ValueTask Add(int count)
    {
        State = new TallyState(State.Count + count);
        jam.Check();
        return ValueTask.CompletedTask;
    }

    public ValueTask Pass(int left)
    {
        State = new TallyState(State.Count + 1);
        jam.Check();
        if (left > 0)
            Send(GetGrain<ITallyGrain>($"ripple {left % 3}").Pass(left - 1));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Work that takes a while and fails now and then.</summary>
public sealed class FlakyWork(TestingHost.Simulation.SimulationWorld world) : IActivity
{
    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(200)));
        cancellation.ThrowIfCancellationRequested();
        return world.Random.Next(4) == 0
            ? throw new TimeoutException("The work failed, as it does one time in four.")
            : null;
    }
}

/// <summary>Checks from inside turns.</summary>
/// <param name="isDoomed">
/// True while the silo is dead and has not heard of it: its turns may see what others write, and nothing of them is
/// kept.
/// </param>
public sealed class Observer(
    TestingHost.Simulation.SimulationWorld world, TimeProvider databaseTime, Witness? witness,
    Func<bool>? isDoomed = null)
{
    /// <summary>An owner is told that its activity ended the process only when that is so.</summary>
    public void CheckEnded(string key, string name, int attempt, ActivityResult result, string type = "mine")
    {
        if (result.HasEndedTheProcess)
            witness?.CheckEnded(new RoundGrainId(type, key), name, attempt);
    }

    public Task WaitAsync() => world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(1, 30)));

    /// <summary>What rings is what was set last, and was not cancelled.</summary>
    public void CheckCurrent(string key, AlarmState state, ReadOnlyMemory<byte> payload)
    {
        var move = Encoding.UTF8.GetString(payload.Span);
        if ((!state.IsMoving || move != state.MovesCount.ToString()) && isDoomed?.Invoke() != true)
            world.Fail(new InvalidOperationException($"The {key} rang for move {move} and is {state}."));
    }

    /// <summary>A result comes for a parcel that is on its way, for the attempt that was started last.</summary>
    public void CheckDelivery(string name, OpenParcel? open, int attempt)
    {
        var isFit = open is not null && open.Status != MessageStatus.Parked && open.Starts == attempt;
        if (!isFit && isDoomed?.Invoke() != true)
            world.Fail(
                new InvalidOperationException(
                    $"A result of attempt {attempt} came for the parcel {name}, which is {open?.ToString() ?? "done"}.")
            );
    }

    public void CheckNotEarly(string name, DateTimeOffset due)
    {
        if (databaseTime.GetUtcNow() < due)
            world.Fail(new InvalidOperationException(
                $"The reminder '{name}' is early: due {due:O}, and the database's clock says "
                + $"{databaseTime.GetUtcNow():O}."));
    }
}
