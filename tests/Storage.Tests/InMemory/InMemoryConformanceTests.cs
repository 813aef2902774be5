using Tributary.Messages;
using Tributary.Storage.InMemory;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.InMemory;

public sealed class InMemoryConformanceTests : SharedConformance
{
    protected override Task<StoreHarness> StartAsync() => Task.FromResult<StoreHarness>(new InMemoryHarness());

    private sealed class InMemoryHarness : StoreHarness
    {
        private readonly InMemoryDatabase database = new(TimeProvider.System);

        public override IPartitionStore NewStore() => new InMemoryStore(database);

        public override IMessageLog LogOf(IPartitionStore store) => ((InMemoryStore)store).Log;

        public override IGenerations GenerationsOf(IPartitionStore store) => ((InMemoryStore)store).Generations;

        public override IMessageQueries QueriesOf(IPartitionStore store) => ((InMemoryStore)store).Queries;

        public override IProcessingQueries ProcessingOf(IPartitionStore store) => ((InMemoryStore)store).Processing;

        public override IPluginTables PluginTablesOf(IPartitionStore store) => ((InMemoryStore)store).PluginTables;

        public override IDeliveryStarts DeliveryStartsOf(IPartitionStore store) =>
            ((InMemoryStore)store).DeliveryStarts;

        public override Task LeaveUnscopedAsync(PartitionId partition, ExternalKey key, KnownMessage message, int day)
        {
            database.UnscopedExternalIdRows.Add((partition, key), (message, day));
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => default;
    }
}
