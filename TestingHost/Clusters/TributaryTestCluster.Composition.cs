using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.TestingHost;
using Tributary.Grains.Reminders;
using Tributary.Pipeline;
using Tributary.Pipeline.Reminders;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage;
using Tributary.Storage.Postgres.Clustering;

namespace Tributary.TestingHost.Clusters;

/// <summary>What each silo and the client are made of.</summary>
public sealed partial class TributaryTestCluster
{
    private void Compose(ISiloBuilder silo)
    {
        var address = new NpgsqlConnectionStringBuilder(Database.ConnectionString());
        var own = new TestSilo(new IPEndPoint(IPAddress.Parse(address.Host!), address.Port))
        {
            OnFault = ended => _ = KillAsync(ended),
        };
        lock (gate)
            silos.Add(own);
        // All that the silo does with the database goes its own way.
        address.Port = own.Relay.Port;
        own.Made(NewStore(address.ConnectionString));
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains();
        settings.RoundGrains(types);

        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = PostgresClustering.Invariant;
            clustering.ConnectionString = PostgresClustering.ConnectionString(address.ConnectionString);
        });
        silo.DetectFailuresQuickly();
        silo.Services.AddSingleton(own);
        silo.Services.AddSingleton(types);
        silo.Services.AddSingleton(host => NewEngine(own, types, host));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EngineLife>();
        silo.Services.AddSingleton<IProcessFaults>(new TestSilo.Faults(own));
        silo.Services.AddSingleton(_ => own.Store.GrainStates);
        silo.Services.AddSingleton(_ => own.Store.GrainReminders);
        silo.AddRoundGrains().AddOrdinaryGrains().EndInOrder();
        ChosenHomes.Use(silo.Services, homes);
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<ILocalSiloDetails>((connections, details) =>
        {
            var port = details.SiloAddress.Endpoint.Port;
            // Two silos share the connections that either makes. The side that makes one knows both silos.
            connections.ConfigureSiloOutboundConnection(builder => GatedConnection.Use(
                builder, own.Connections,
                connection => [own.Network, Between(port, ((IPEndPoint)connection.RemoteEndPoint!).Port)]));
            connections.ConfigureSiloInboundConnection(builder =>
                GatedConnection.Use(builder, own.Connections, _ => [own.Network]));
            connections.ConfigureGatewayInboundConnection(builder =>
                GatedConnection.Use(builder, own.Connections, _ => [own.Network]));
        });
        settings.Silo(silo);
    }

    private RoundEngine NewEngine(TestSilo own, RoundGrainTypes types, IServiceProvider host)
    {
        own.Address = host.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var options = new RoundOptions();
        settings.Rounds(options);
        options.Address = own.Address.ToParsableString();
        options.IsAlone = false;
        options.ClusterId = "test";
        options.Rejoins = false;
        var process = RoundEnvironment.System(own.Fail);
        var environment = new RoundEnvironment
        {
            Time = process.Time,
            Scheduler = new FreezableScheduler(process.Scheduler, own.Work),
            NewId = process.NewId,
            OnFatal = process.OnFatal,
        };
        own.Engine = new RoundEngine(
            options, own.Own, types,
            new Dictionary<string, IActivity>
            {
                [PreciseReminderGrain.DeliverActivity] =
                    new DeliverReminderActivity(host.GetRequiredService<IGrainFactory>(), process.Time),
            },
            environment,
            host.GetRequiredService<ILogger<RoundEngine>>());
        return own.Engine;
    }

    private void Compose(IClientBuilder client)
    {
        client.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = PostgresClustering.Invariant;
            clustering.ConnectionString = PostgresClustering.ConnectionString(Database.ConnectionString());
        });
        client.AddTributaryClient();
        settings.Client(client);
    }

    private sealed class TestSiloConfigurator : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans(
            static (context, silo) => Of(context.Configuration).Compose(silo));
    }

    private sealed class TestClientConfigurator : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleansClient(
            static (context, client) => Of(context.Configuration).Compose(client));
    }

    // The engine joins before any grain is activated, and leaves after the last one is gone.
    private sealed class EngineLife(TestSilo silo, RoundEngine engine) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(EngineLife), ServiceLifecycleStage.RuntimeStorageServices, engine.StartAsync,
            _ => silo.IsKilled ? Task.CompletedTask : engine.StopAsync(CancellationToken.None));
    }
}
