using Tributary.Messages;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Sqlite;

public sealed class SqliteConformanceTests : StoreConformance
{
    protected override Task<StoreHarness> StartAsync() => Task.FromResult<StoreHarness>(new SqliteHarness());
}

/// <summary>A data directory that is deleted in the end.</summary>
public sealed class SqliteHarness : StoreHarness
{
    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("tributary-sqlite-").FullName;

    public override IStore NewStore() =>
        new SqliteStore(
            new SqliteOptions
            {
                DataDirectory = DataDirectory,
                OnFatal = e => throw new InvalidOperationException("The disk failed.", e),
            },
            TimeProvider.System);

    public override Task LeaveUnscopedAsync(PartitionId partition, ExternalKey key, KnownMessage message, int day)
    {
        using var connection =
            new SqliteConnection(Path.Combine(DataDirectory, SqliteOptions.FileName), readOnly: false);
        connection.Prepare(
                "insert into external_ids(partition, hash, message_id, item, position, body_hash, received_day) values "
                + "(?, ?, ?, ?, ?, ?, ?)")
            .Bind(partition.Value).Bind(key.Hash).Bind(message.Id.Value).Bind(message.Item).Bind(message.Position.Value)
                .Bind(message.BodyHash)
            .Bind(day).Run();
        return Task.CompletedTask;
    }

    public override Task<FoldedRows> CountRowsAsync()
    {
        using var connection =
            new SqliteConnection(Path.Combine(DataDirectory, SqliteOptions.FileName), readOnly: true);
        long Count(string table)
        {
            var select = connection.Prepare($"select count(*) from {table}");
            select.Step();
            var count = select.Int64(0);
            select.Reset();
            return count;
        }

        return Task.FromResult(new FoldedRows(
            Count("silos"), Count("tallies"), Count("folded_tallies"), Count("ledger"), Count("declarations"),
            Count("declared_paths")));
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(DataDirectory, recursive: true);
        return default;
    }
}
