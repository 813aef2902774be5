using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Postgres;
using Tributary.Storage.Rows;
using Tributary.Storage.Tests.Conformance;
using Tributary.TestingHost.Postgres;

[assembly: AssemblyFixture(typeof(Tributary.Storage.Tests.Postgres.SharedCluster))]

namespace Tributary.Storage.Tests.Postgres;

[Collection(nameof(SharedCluster))]
public sealed class PostgresConformanceTests(SharedCluster shared) : SharedConformance
{
    protected override string BytesType => "bytea";

    protected override async Task<StoreHarness> StartAsync() =>
        new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());
}

/// <summary>
/// One server for all tests that do not stop it, started with the first of them. A writing transaction holds the
/// horizon of all its databases, so these tests run one after the other.
/// </summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresCluster>> cluster = new(static () => PostgresCluster.StartNewAsync());

    public Task<PostgresCluster> GetAsync() => cluster.Value;

    public async ValueTask DisposeAsync()
    {
        if (cluster.IsValueCreated)
            await (await cluster.Value).DisposeAsync();
    }
}

public sealed class PostgresHarness(string connectionString) : StoreHarness
{
    public string ConnectionString { get; } = connectionString;

    public override IStore NewStore() => new PostgresStore(
        // Long enough for a busy server to notice that a session has ended.
        new PostgresOptions { ConnectionString = ConnectionString, JoinWait = TimeSpan.FromSeconds(5) },
            TimeProvider.System);

    public override async Task LeaveUnscopedAsync(PartitionId partition, ExternalKey key, KnownMessage message, int day)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var insert = new NpgsqlCommand(
            "insert into external_ids(partition, hash, message_id, item, position, body_hash, received_day) values "
            + "($1, $2, $3, $4, $5, $6, $7)",
            connection);
        foreach (var value in new object[]
        {
            partition.Value, Hash128.ToBytes(key.Hash), message.Id.Value, message.Item, message.Position.Value,
                Hash128.ToBytes(message.BodyHash), day,
        })
            insert.Parameters.AddWithValue(value);
        await insert.ExecuteNonQueryAsync();
    }

    public override async Task<FoldedRows> CountRowsAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        async Task<long> CountAsync(string table)
        {
            await using var count = new NpgsqlCommand($"select count(*) from {table}", connection);
            return (long)(await count.ExecuteScalarAsync())!;
        }

        return new FoldedRows(
            await CountAsync("silos"), await CountAsync("tallies"), await CountAsync("folded_tallies"),
            await CountAsync("ledger"), await CountAsync("declarations"),
            await CountAsync("declared_paths"));
    }

    public override ValueTask DisposeAsync() => default;
}
