using System.Globalization;
using Npgsql;
using StackExchange.Redis;
using Tributary.TestingHost;
using Tributary.TestingHost.Brokers;
using Tributary.TestingHost.Postgres;
using Tributary.TestingHost.Redis;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// PostgreSQL with the user that sqAPI's configurations name, RabbitMQ and Redis, for the tests of one class.
/// </summary>
public sealed class PeersFixture : IAsyncLifetime
{
    internal PostgresCluster Cluster { get; private set; } = null!;

    internal RabbitMqServer Rabbit { get; private set; } = null!;

    internal RedisServer Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await PostgresCluster.StartNewAsync();
        await using (var connection = new NpgsqlConnection(Cluster.ConnectionString() + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand("create role postgres superuser login", connection);
            await create.ExecuteNonQueryAsync();
        }

        Rabbit = await RabbitMqServer.StartNewAsync();
        Redis = await RedisServer.StartNewAsync();
    }

    /// <summary>
    /// Variables for the places of the configuration that a test has of its own: an empty database, and the ports.
    /// </summary>
    internal async Task<Dictionary<string, string>> NewEnvironmentAsync()
    {
        var connection = new NpgsqlConnectionStringBuilder(await Cluster.CreateDatabaseAsync());
        return new Dictionary<string, string>
        {
            ["PG_NAME"] = connection.Database!,
            ["PG_PORT"] = connection.Port.ToString(CultureInfo.InvariantCulture),
            ["RABBIT_PORT"] = Rabbit.Port.ToString(CultureInfo.InvariantCulture),
            ["REDIS_PORT"] = Redis.Port.ToString(CultureInfo.InvariantCulture),
            ["ZMQ_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
        };
    }

    internal async Task SetAsync(string key, string value)
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Redis.Port}");
        await redis.GetDatabase().StringSetAsync(key, value);
    }

    public async ValueTask DisposeAsync()
    {
        if (Redis is not null)
            await Redis.DisposeAsync();
        if (Rabbit is not null)
            await Rabbit.DisposeAsync();
        if (Cluster is not null)
            await Cluster.DisposeAsync();
    }
}
