using Microsoft.Extensions.DependencyInjection;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Silos that find each other in PostgreSQL.</summary>
public sealed class ClusterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ClusterConfig Cluster => new()
    {
        Type = ClusterType.Postgres, Id = "test", SiloPort = 0, GatewayPort = 0,
    };

    [Fact]
    public async Task Two_silos_own_all_partitions_together_and_take_messages_for_each_other()
    {
        await using var silos = await StartAsync();
        var engines = (RoundEngine[])
            [Of<RoundEngine>(silos.First), Of<RoundEngine>(silos.Second)];
        await Waiting.UntilAsync(() =>
            engines.Sum(static engine => engine.PartitionsCount) == engines[0].Facts.PartitionCount);

        await silos.PostAsync("item", Cancellation);

        Assert.Equal(20, (await Of<IStore>(silos.Second).Ledger.ReadLedgerAsync(true, Cancellation)).Total.Accepted);
        var owners = await Of<IStore>(silos.First).ReadOwnersAsync(Cancellation);
        string[] addresses = [AddressOf(silos.First), AddressOf(silos.Second)];
        Assert.All(owners, owner => Assert.Contains(owner.Address, addresses));
    }

    [Fact]
    public async Task A_silo_that_stops_leaves_its_partitions_to_the_other()
    {
        await using var silos = await StartAsync();
        await silos.PostAsync("before", Cancellation);

        await silos.First.StopAsync();

        var rest = Of<RoundEngine>(silos.Second);
        await Waiting.UntilAsync(() => rest.PartitionsCount == rest.Facts.PartitionCount);
    }

    [Fact]
    public async Task A_silo_that_the_database_calls_dead_ends_its_process_and_does_not_join_again()
    {
        await using var silos = await StartAsync();
        var silo = Of<RoundEngine>(silos.First).Silo!.Value;

        Assert.True(await Of<IStore>(silos.Second).DeclareDeadAsync(silo, Cancellation));

        var error = await silos.First.Failed.WaitAsync(Waiting.Limit, Cancellation);
        Assert.Contains($"declared silo {silo} dead", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silos_of_another_kind_are_refused_while_a_cluster_lives()
    {
        await using var silos = await StartAsync();

        var alone = await FailsAsync<StoreException>(silos.With(new ClusterConfig()));
        Assert.Contains("of the cluster 'test', this one is alone", alone.Message, StringComparison.Ordinal);
        var other = await FailsAsync<StoreException>(silos.With(Cluster with { Id = "other" }));
        Assert.Contains("belongs to the cluster 'test'", other.Message, StringComparison.Ordinal);
        var port = Of<ILocalSiloDetails>(silos.First).SiloAddress.Endpoint.Port;
        var taken = await FailsAsync<IOException>(silos.With(Cluster with { SiloPort = port }));
        Assert.Contains($"127.0.0.1:{port} cannot be listened on", taken.Message, StringComparison.Ordinal);
    }

    private static T Of<T>(SiloApp silo) where T : notnull => typeof(T) == typeof(IStore)
        ? (T)silo.Services.GetRequiredService<NodeStore>().Store
        : silo.Services.GetRequiredService<T>();

    private static string AddressOf(SiloApp silo) => Of<ILocalSiloDetails>(silo).SiloAddress.ToParsableString();

    private static Task<TError> FailsAsync<TError>(SiloConfig config) where TError : Exception =>
        Assert.ThrowsAsync<TError>(async () =>
        {
            await using var app = await SiloApp.StartAsync(config, Cancellation);
        });

    private async Task<TwoSilos> StartAsync() =>
        await TwoSilos.StartAsync(await postgres.Server.CreateDatabaseAsync(), Cluster, Cancellation);
}
