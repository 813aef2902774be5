using System.Text.Json.Serialization;
using Orleans.Concurrency;
using Tributary.Messages;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>A grain that does what a test says.</summary>
public interface IProbeGrain : IGrainWithStringKey
{
    ValueTask Do(Script script);

    ValueTask Add(int amount);

    ValueTask<int> AddAndRead(int amount);

    /// <summary>Adds and throws.</summary>
    ValueTask AddAndThrow(int amount);

    /// <summary>For callers that do not wait long.</summary>
    [ResponseTimeout("00:00:00.200")]
    ValueTask<int> AddSoon(int amount);

    /// <summary>A renamed method: its calls are stored under the name that it had.</summary>
    [StoredName("Increase")]
    ValueTask Enlarge(int amount);

    ValueTask Note(string text);

    /// <summary>Stores a message with this body.</summary>
    ValueTask Keep(string body);

    /// <summary>Tells the probe with the next number, until <paramref name="left"/> is 0.</summary>
    ValueTask Pass(int left);

    ValueTask Weigh(double weight);

    [MergeCalls]
    ValueTask Merge(Portion portion);

    [ReadOnly]
    ValueTask<int> Read();
}

public sealed record ProbeState(int Value)
{
    /// <summary>JSON has no such number.</summary>
    public double Weight { get; init; }
}

[JsonSerializable(typeof(ProbeState))]
internal sealed partial class ProbeJson : JsonSerializerContext;

/// <summary>What a turn does, with what it needs.</summary>
[Immutable]
public sealed class Script(Func<ProbeGrain, ValueTask> body) : INeeds
{
    public static Script Of(Action<ProbeGrain> body) => new(probe =>
    {
        body(probe);
        return ValueTask.CompletedTask;
    });

    public IReadOnlyList<RoundGrainId> Touches { get; init; } = [];

    public ExternalKey? External { get; init; }

    public int SizeBytes { get; init; }

    /// <summary>Makes the needs throw when they are asked for.</summary>
    public bool HasBadNeeds { get; init; }

    IEnumerable<RoundGrainId> INeeds.Grains => HasBadNeeds ? Touches.Append(default) : Touches;

    bool INeeds.IsNewGrain => false;

    public ValueTask Run(ProbeGrain probe) => body(probe);
}

/// <summary>An amount that is merged; one that is negative cannot be.</summary>
[Immutable]
public sealed class Portion : IMergeable<Portion>
{
    public int Amount { get; set; }

    public int CallsCount { get; set; } = 1;

    /// <summary>JSON has no NaN.</summary>
    public double Weight { get; set; }

    /// <summary>Who is told in turn, forever.</summary>
    public string? Echo { get; set; }

    public Portion Fork() => new() { Amount = Amount, CallsCount = CallsCount, Echo = Echo, Weight = Weight };

    public void Absorb(Portion other)
    {
        if (other.Amount < 0)
            throw new ArgumentException("A portion is not negative.");
        Amount += other.Amount;
        CallsCount += other.CallsCount;
        Weight += other.Weight;
    }
}

public sealed class ProbeGrain(EngineRun run) : RoundGrain<ProbeState>, IProbeGrain, IReminderOwner, IActivityOwner
{
    public string Name => Key;

    public DateTimeOffset Time => Now;

    public int Value
    {
        get => State.Value;
        set => State = State with { Value = value };
    }

    public double Weight
    {
        set => State = State with { Weight = value };
    }

    public void DropState() => State = null!;

    public IProbeGrain Other(string key) => GetGrain<IProbeGrain>(key);

    public static void Tell(ValueTask call) => Send(call);

    public AppendedMessage Store(Message message, params IReadOnlyList<MessagePart> parts) =>
        Append(message, 1, [], parts);

    public KnownMessage? Find(string source, string externalId) => Find(ExternalKey.Of(source, "item", externalId));

    public void Remind(string name, DateTimeOffset due, byte[]? payload = null) => SetReminder(name, due, payload);

    public void Forget(string name) => ClearReminder(name);

    public void Start(
        string name, string activity, byte[]? payload = null, DateTimeOffset? due = null,
        object? local = null) => StartActivity(name, activity, payload, due: due, local: local);

    public ValueTask Do(Script script) => script.Run(this);

    public ValueTask Add(int amount)
    {
        Value += amount;
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> AddAndRead(int amount)
    {
        Value += amount;
        return ValueTask.FromResult(Value);
    }

    public ValueTask AddAndThrow(int amount)
    {
        Value += amount;
        return run.Pardoned ? ValueTask.CompletedTask : throw new TimeoutException("The probe throws.");
    }

    public ValueTask<int> AddSoon(int amount) => AddAndRead(amount);

    public ValueTask Enlarge(int amount) => Add(amount);

    public ValueTask Note(string text)
    {
        run.Note($"{Key}: {text}");
        return ValueTask.CompletedTask;
    }

    public ValueTask Keep(string body)
    {
        Value++;
        Store(Messages.New(run.World, body: body));
        return ValueTask.CompletedTask;
    }

    public ValueTask Pass(int left)
    {
        Value++;
        if (left > 0)
            Send(Other("next").Pass(left - 1));
        return ValueTask.CompletedTask;
    }

    public ValueTask Weigh(double weight)
    {
        Value = (int)weight;
        return ValueTask.CompletedTask;
    }

    public ValueTask Merge(Portion portion)
    {
        run.Note($"{Key} merged {portion.CallsCount}");
        Value += portion.Amount;
        if (portion.Echo is { } other)
            Send(Other(other).Merge(new Portion { Echo = Key }));
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> Read() => ValueTask.FromResult(State.Value);

    public ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload)
    {
        if (name.StartsWith("bad", StringComparison.Ordinal) && !run.Pardoned)
            throw new TimeoutException("The reminder throws.");
        run.Note($"{Key} rang {name} at {Now.Ticks}");
        Value++;
        return ValueTask.CompletedTask;
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        run.Note($"{Key} did {name} {attempt}: {result.Error ?? "well"}");
        if (run.OnResult is { } instead)
        {
            instead(this, result);
            return ValueTask.CompletedTask;
        }

        if (result.Error is not null && attempt < 3)
            StartActivity(name, "work", default, attempt + 1, Now.AddSeconds(1));
        Value++;
        return ValueTask.CompletedTask;
    }

    protected override ProbeState Initial() => new(0);
}
