using Orleans.Concurrency;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// The least grain that stores messages and counts them in another grain: the engine's promises with nothing else in
/// the way.
/// </summary>
public interface IStoreGrain : IGrainWithStringKey
{
    ValueTask<Receipt> Receive(Letter letter);

    [ReadOnly]
    ValueTask<long> Count();
}

/// <summary>Adds up.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    [MergeCalls]
    ValueTask Add(Amount amount);
}

public sealed record StoreState(long Count);

public sealed record CounterState(long Count, long Sum);

/// <summary>A message with the counter that it goes into and the amount that it adds.</summary>
[Immutable]
public sealed class Letter(Message message, string counter, long amount, bool isNew) : INeeds
{
    public Message Message { get; } = message;

    public string Counter { get; } = counter;

    public long Amount { get; } = amount;

    public IEnumerable<RoundGrainId> Grains => [new RoundGrainId("counter", Counter)];

    public ExternalKey? External { get; } = message.ExternalId is null ? null
        : ExternalKey.Of(message.Source, message.Item, message.ExternalId);

    public bool IsNewGrain { get; } = isNew;

    public int SizeBytes => Message.Body.Length;
}

[Immutable]
public sealed class Amount : IMergeable<Amount>
{
    public long Count { get; set; } = 1;

    public long Sum { get; set; }

    public Amount Fork() => new() { Count = Count, Sum = Sum };

    public void Absorb(Amount other)
    {
        Count += other.Count;
        Sum += other.Sum;
    }
}

public sealed class StoreGrain : RoundGrain<StoreState>, IStoreGrain
{
    protected override StoreState Initial() => new(0);

    public ValueTask<Receipt> Receive(Letter letter)
    {
        if (letter.External is { } key && Find(key) is { } known)
            return ValueTask.FromResult(new Receipt(known));
        var appended = Append(letter.Message, State.Count + 1, [1]);
        State = new StoreState(State.Count + 1);
        Send(GetGrain<ICounterGrain>(letter.Counter).Add(new Amount { Sum = letter.Amount }));
        return ValueTask.FromResult(new Receipt(appended));
    }

    public ValueTask<long> Count() => ValueTask.FromResult(State.Count);
}

public sealed class CounterGrain : RoundGrain<CounterState>, ICounterGrain
{
    protected override CounterState Initial() => new(0, 0);

    public ValueTask Add(Amount amount)
    {
        State = new CounterState(State.Count + amount.Count, State.Sum + amount.Sum);
        return ValueTask.CompletedTask;
    }
}
