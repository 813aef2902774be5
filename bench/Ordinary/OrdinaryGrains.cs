using System.Globalization;
using System.Text.Json;
using Orleans.Concurrency;

namespace Tributary.Bench.Ordinary;

/// <summary>A data item as an ordinary Orleans grain, with its messages in its state.</summary>
[Alias("bench.ordinary-item")]
public interface IOrdinaryItem : IGrainWithStringKey
{
    /// <summary>Returns when the message and its additions to three aggregates are durable.</summary>
    [Alias("Receive")]
    Task Receive([Immutable] byte[] body);
}

/// <summary>An aggregate as an ordinary Orleans grain.</summary>
[Alias("bench.ordinary-aggregate")]
public interface IOrdinaryAggregate : IGrainWithStringKey
{
    /// <summary>Returns when the amount is durably counted.</summary>
    [Alias("Add")]
    Task Add(decimal amount);

    /// <summary>The number of amounts counted.</summary>
    [Alias("Count")]
    Task<long> Count();
}

[GenerateSerializer, Alias("bench.ordinary-item-state")]
public sealed class OrdinaryItemState
{
    [Id(0)]
    public List<byte[]> Messages { get; set; } = [];
}

[GenerateSerializer, Alias("bench.ordinary-aggregate-state")]
public sealed class OrdinaryAggregateState
{
    [Id(0)]
    public long Count { get; set; }

    [Id(1)]
    public decimal Sum { get; set; }

    [Id(2)]
    public decimal Max { get; set; }
}

/// <inheritdoc/>
public sealed class OrdinaryItem(
    [PersistentState("item")] IPersistentState<OrdinaryItemState> state, IGrainFactory grains)
    : Orleans.Grain, IOrdinaryItem
{
    public async Task Receive(byte[] body)
    {
        state.State.Messages.Add(body);
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var amount = root.GetProperty("amount").GetDecimal();
        // All writes at once: one after the other would take twice as long.
        await Task.WhenAll(
            state.WriteStateAsync(),
            Of("region", root).Add(amount),
            Of("kind", root).Add(amount),
            Of("customer", root).Add(amount));
    }

    private IOrdinaryAggregate Of(string name, JsonElement root) => grains.GetGrain<IOrdinaryAggregate>(
        string.Create(CultureInfo.InvariantCulture, $"{name}/{root.GetProperty(name).GetString()}"));
}

/// <summary>
/// Reentrant, so that amounts come in during a write; those that come meanwhile share the next write.
/// </summary>
[Reentrant]
public sealed class OrdinaryAggregate(
    [PersistentState("aggregate")] IPersistentState<OrdinaryAggregateState> state) : Orleans.Grain, IOrdinaryAggregate
{
    private Task writing = Task.CompletedTask;
    private long written;

    public async Task Add(decimal amount)
    {
        var current = state.State;
        current.Sum += amount;
        current.Max = Math.Max(current.Max, amount);
        var mine = ++current.Count;
        while (written < mine)
        {
            if (writing.IsCompleted)
                writing = WriteAsync();
            await writing;
        }
    }

    public Task<long> Count() => Task.FromResult(state.State.Count);

    // An amount that comes in during the write may be part of it or not; it always waits for the next write.
    private async Task WriteAsync()
    {
        var covered = state.State.Count;
        await state.WriteStateAsync();
        written = covered;
    }
}
