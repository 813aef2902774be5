using System.Text.Json.Serialization.Metadata;
using Tributary.Aggregates;
using Tributary.Grains;
using Tributary.Grains.Aggregates;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Replays;
using Tributary.Storage.Rounds;

namespace Tributary.Pipeline.Reading;

/// <summary>
/// Grains for a process without the silo role: reads of their stored states. An acknowledged message is durable, so a
/// read sees it. Calls that would change a grain are refused.
/// </summary>
public sealed class StoredGrains(IPartitionStore store) : IRoundGrains
{
    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        typeof(TGrain) == typeof(IItemGrain) ? (TGrain)(object)new StoredItem(store, key)
        : typeof(TGrain) == typeof(IAggregateGrain) ? (TGrain)(object)new StoredAggregate(store, key)
        : throw NeedsSilo();

    /// <summary>The error of a call that needs an engine.</summary>
    public static TributaryException NeedsSilo() => RolesApart.Error("api");

    private static async ValueTask<TState?> ReadAsync<TState>(
        IPartitionStore store, StateTable table, RoundGrainId grain, JsonTypeInfo<TState> json)
        where TState : class
    {
        var request = new LoadRequest();
        request.States.Add((table, grain));
        var loaded = await store.LoadAsync(request, CancellationToken.None);
        return loaded.States.TryGetValue(grain, out var state) ? StoredState.Read(grain, state, json) : null;
    }

    private sealed class StoredItem(IPartitionStore store, string key) : IItemGrain
    {
        public async ValueTask<ItemView?> Read() =>
            await ReadAsync(store, StateTable.Items, new RoundGrainId(ItemGrain.GrainType, key),
                GrainsJson.Default.ItemState) is { } state ? state.View(key) : null;

        public ValueTask<Receipt> Receive(IncomingMessage message) => throw NeedsSilo();

        public ValueTask<RetryResult> Retry(RetryRequest request) => throw NeedsSilo();

        public ValueTask<ParkResult> Park(ParkRequest request) => throw NeedsSilo();

        public ValueTask ApplyReplayed(ReplayedRun run) => throw NeedsSilo();
    }

    private sealed class StoredAggregate(IPartitionStore store, string key) : IAggregateGrain
    {
        public ValueTask<AggregateState?> Read() =>
            ReadAsync(store, StateTable.Aggregates, new RoundGrainId(AggregateGrain.GrainType, key),
                GrainsJson.Default.AggregateState);

        public ValueTask Apply(AggregateDelta delta) => throw NeedsSilo();
    }
}
