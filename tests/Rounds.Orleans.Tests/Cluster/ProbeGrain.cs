using System.Text.Json.Serialization;
using Orleans.Concurrency;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>A round grain that shows how calls arrive.</summary>
[Alias("tests.probe")]
public interface IProbeGrain : IGrainWithStringKey
{
    [Alias("Add")]
    ValueTask<int> Add(int amount);

    [Alias("Tell"), OneWay]
    ValueTask Tell(int amount);

    [Alias("AddTo")]
    ValueTask AddTo(string other, int amount);

    /// <summary>Adds and throws.</summary>
    [Alias("Fail")]
    ValueTask Fail(string code);

    /// <summary>Leaves a call to <see cref="Fail"/> of another grain.</summary>
    [Alias("FailAt")]
    ValueTask FailAt(string other, string code);

    [Alias("Read"), ReadOnly]
    ValueTask<int> Read();

    /// <summary>What the caller's <see cref="RequestContext"/> has under this key.</summary>
    [Alias("Context")]
    ValueTask<string?> Context(string key);

    /// <summary>Keeps the loop busy until <see cref="ProbeGrain.Gate"/> opens: no turn runs meanwhile.</summary>
    [Alias("Block")]
    ValueTask Block();

    [Alias("AddUnlessCancelled")]
    Task<int> AddUnlessCancelled(int amount, CancellationToken cancellation);
}

public sealed record ProbeState(int Value);

[JsonSerializable(typeof(ProbeState))]
internal sealed partial class ProbeJson : JsonSerializerContext;

/// <inheritdoc/>
public sealed class ProbeGrain : RoundGrain<ProbeState>, IProbeGrain
{
    private static volatile bool isBlocking;

    /// <summary>The name of the grain type.</summary>
    public const string GrainType = "tests-probe";

    /// <summary>Opens what <see cref="Block"/> waits for.</summary>
    public static ManualResetEventSlim Gate { get; } = new(initialState: true);

    public ValueTask<int> Add(int amount)
    {
        State = new ProbeState(State.Value + amount);
        return ValueTask.FromResult(State.Value);
    }

    public ValueTask Tell(int amount)
    {
        State = new ProbeState(State.Value + amount);
        return default;
    }

    public ValueTask AddTo(string other, int amount)
    {
        Send(GetGrain<IProbeGrain>(other).Tell(amount));
        return default;
    }

    public ValueTask Fail(string code)
    {
        State = new ProbeState(State.Value + 1_000);
        throw new TributaryException(code, "The probe fails.");
    }

    public ValueTask FailAt(string other, string code)
    {
        Send(GetGrain<IProbeGrain>(other).Fail(code));
        return default;
    }

    public ValueTask<int> Read() => ValueTask.FromResult(State.Value);

    public ValueTask<string?> Context(string key) => ValueTask.FromResult(RequestContext.Get(key) as string);

    /// <summary>True while <see cref="Block"/> keeps the loop busy.</summary>
    public static bool IsBlocking => isBlocking;

    public ValueTask Block()
    {
        isBlocking = true;
        Gate.Wait();
        isBlocking = false;
        return default;
    }

    public Task<int> AddUnlessCancelled(int amount, CancellationToken cancellation) => Add(amount).AsTask();

    protected override ProbeState Initial() => new(0);
}
