using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Tributary.Rounds.Orleans.States;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>The grain storage of one silo over a real database, without the silo.</summary>
internal sealed class StorageSilo : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private StorageSilo(TestDatabase database)
    {
        this.database = database;
        Faults = new FaultyStates(database.Store.GrainStates);
        Storage = NewStorage();
    }

    /// <summary>Loses answers, and shows what the silo asks of the database.</summary>
    public FaultyStates Faults { get; }

    public TributaryGrainStorage Storage { get; }

    public static async Task<StorageSilo> StartAsync(string store)
    {
        var opened = store == "sqlite" ? TestDatabase.Sqlite() : await TestDatabase.PostgresAsync();
        await opened.Store.OpenAsync(TestContext.Current.CancellationToken);
        return new StorageSilo(opened);
    }

    /// <summary>The storage of another silo over the same database, or of this one with other options.</summary>
    public TributaryGrainStorage NewStorage(
        GrainStorageOptions? options = null, GrainBatchOptions? batches = null, TimeProvider? time = null) => new(
        options ?? new GrainStorageOptions(),
        new GrainStateBatches(
            Faults, Options.Create(batches ?? new GrainBatchOptions { MaxTime = TimeSpan.FromSeconds(5) }),
            time ?? TimeProvider.System, NullLogger<GrainStateBatches>.Instance),
        new DoubtfulWrites(), services.GetRequiredService<Serializer>(),
        services.GetRequiredService<IActivatorProvider>(), Guid.NewGuid);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }
}
