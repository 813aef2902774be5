using System.Globalization;
using Tributary.Silo.Configuration;
using Tributary.TestingHost.Postgres;
using Tributary.TestingHost.Redis;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>A PostgreSQL server for all tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    internal PostgresCluster Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresCluster.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>In the tables of this project's migrations.</summary>
public sealed class PostgresMembershipTests(PostgresFixture postgres)
    : MembershipConformance, IClassFixture<PostgresFixture>
{
    internal override async Task<SiloConfig> NewConfigAsync() => new()
    {
        DatabaseType = "postgres",
        Connection = await postgres.Server.CreateDatabaseAsync(),
        Cluster = new ClusterConfig { Type = ClusterType.Postgres, Id = "test", SiloPort = 0, GatewayPort = 0 },
    };
}

/// <summary>A Redis server for all tests of a class.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    internal RedisServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RedisServer.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>In Redis.</summary>
public sealed class RedisMembershipTests(RedisFixture redis) : MembershipConformance, IClassFixture<RedisFixture>
{
    protected override bool KeepsAllButTheDead => true;

    internal override Task<SiloConfig> NewConfigAsync() => Task.FromResult(new SiloConfig
    {
        Cluster = new ClusterConfig
        {
            Type = ClusterType.Redis,
            Id = Guid.NewGuid().ToString("N"),
            SiloPort = 0,
            GatewayPort = 0,
            Connection = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.Server.Port}"),
        },
    });
}

/// <summary>An emulator of Azure's tables for all tests of a class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    internal AzuriteServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await AzuriteServer.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>In a table of Azure Storage.</summary>
public sealed class AzureTableMembershipTests(AzuriteFixture azurite)
    : MembershipConformance, IClassFixture<AzuriteFixture>
{
    protected override bool KeepsAllButTheDead => true;

    internal override Task<SiloConfig> NewConfigAsync() => Task.FromResult(new SiloConfig
    {
        Cluster = new ClusterConfig
        {
            Type = ClusterType.AzureTable,
            Id = Guid.NewGuid().ToString("N"),
            SiloPort = 0,
            GatewayPort = 0,
            Connection = azurite.Server.Connection,
        },
    });
}
