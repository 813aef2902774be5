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

        public override IStore NewStore() => new InMemoryStore(database);

        public override Task LeaveUnscopedAsync(PartitionId partition, ExternalKey key, KnownMessage message, int day)
        {
            database.UnscopedExternalIdRows.Add((partition, key), (message, day));
            return Task.CompletedTask;
        }

        public override Task<FoldedRows> CountRowsAsync() => Task.FromResult(new FoldedRows(
            database.Silos.Count, database.Silos.Values.Sum(static silo => silo.Tallies.Count),
            database.FoldedTallies.Count, database.Processing.Ledger.Count,
            database.Silos.Values.Sum(static silo => silo.Declared?.Count ?? 0),
            database.Silos.Values.Sum(static silo => silo.DeclaredPaths.Count)));

        public override ValueTask DisposeAsync() => default;
    }
}
