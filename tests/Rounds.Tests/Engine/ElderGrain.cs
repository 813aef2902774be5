using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// A probe as an earlier build had it, with a method that is gone and one whose argument is another one now.
/// </summary>
public interface IElderGrain : IGrainWithStringKey
{
    ValueTask Tell(string other);

    ValueTask Gone(int amount);

    ValueTask Add(string amount);
}

public sealed class ElderGrain : RoundGrain<ProbeState>, IElderGrain, IReminderOwner
{
    /// <summary>The build that knows elders as probes.</summary>
    public static RoundGrainTypes Types { get; } =
        new RoundGrainTypes(GeneratedProxies.Standalone).Add<IElderGrain, ElderGrain, ProbeState>(
        "probe", StateTable.Grains, ProbeJson.Default.ProbeState, static () => new ElderGrain());

    public ValueTask Tell(string other)
    {
        Send(GetGrain<IElderGrain>(other).Gone(5));
        Send(GetGrain<IElderGrain>(other).Add("seven"));
        SetReminder("ring", Now);
        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(int amount)
    {
        State = new ProbeState(State.Value + amount);
        return ValueTask.CompletedTask;
    }

    public ValueTask Add(string amount)
    {
        State = new ProbeState(State.Value + amount.Length);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload)
    {
        State = new ProbeState(State.Value + 100);
        return ValueTask.CompletedTask;
    }

    protected override ProbeState Initial() => new(0);
}
