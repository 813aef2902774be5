using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>What every store promises. Each store has a class that runs all of it.</summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private readonly List<IPartitionStore> stores = [];
    private StoreHarness? harness;
    private int partitionCount;

    protected StoreHarness Harness => harness!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<StoreHarness> StartAsync();

    public async ValueTask InitializeAsync() => harness = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in stores)
            await store.DisposeAsync();
        if (harness is not null)
            await harness.DisposeAsync();
    }

    protected IStore NewStore()
    {
        var store = Harness.NewStore();
        stores.Add(store);
        return store;
    }

    protected Task<TestSilo> JoinAsync(string address = "") => TestSilo.JoinAsync(NewStore(), address);
}
