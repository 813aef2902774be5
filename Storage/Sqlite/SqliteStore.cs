using Tributary.Storage.Aggregates;
using Tributary.Storage.Deliveries;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Failures;
using Tributary.Storage.Folds;
using Tributary.Storage.Generations;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Held;
using Tributary.Storage.Items;
using Tributary.Storage.Joins;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.PluginTables;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Aggregates;
using Tributary.Storage.Sqlite.Deliveries;
using Tributary.Storage.Sqlite.ExternalIds;
using Tributary.Storage.Sqlite.Failures;
using Tributary.Storage.Sqlite.Folds;
using Tributary.Storage.Sqlite.Generations;
using Tributary.Storage.Sqlite.GrainStates;
using Tributary.Storage.Sqlite.Held;
using Tributary.Storage.Sqlite.Items;
using Tributary.Storage.Sqlite.Ledger;
using Tributary.Storage.Sqlite.Messages;
using Tributary.Storage.Sqlite.PluginTables;
using Tributary.Storage.Sqlite.Records;
using Tributary.Storage.Sqlite.Reminders;
using Tributary.Storage.Sqlite.Rounds;

namespace Tributary.Storage.Sqlite;

/// <summary>The embedded store: one file, one process, one silo.</summary>
public sealed class SqliteStore(SqliteOptions options, TimeProvider time) : IStore
{
    private SqliteFileLock? fileLock;
    private SqliteWriter? writer;
    private SqliteReaders? readers;

    // Connections of the engine, which no query of an API can take.
    private SqliteReaders? loads;
    private SqliteMessages? messages;
    private SqliteItems? items;
    private SqliteAggregates? aggregates;
    private SqliteRecords? records;
    private SqliteFailures? failures;
    private SqliteReminders? reminders;
    private SqliteLedger? ledger;
    private SqliteGenerations? generations;
    private SqliteExternalIds? externalIds;
    private SqliteDeliveryStarts? deliveryStarts;
    private SqlitePluginTables? pluginTables;
    private StoreFacts? facts;

    // Silos with higher ids belong to this process, also when it never learned that it had joined.
    private long? lastBefore;
    private bool isAfterCrash;

    public IMessageReads Messages => messages ?? throw NotOpen();

    public IItemReads Items => items ?? throw NotOpen();

    public IAggregateReads Aggregates => aggregates ?? throw NotOpen();

    public IRecordReads Records => records ?? throw NotOpen();

    public IFailureReads Failures => failures ?? throw NotOpen();

    public IReminderReads Reminders => reminders ?? throw NotOpen();

    public ILedgerReads Ledger => ledger ?? throw NotOpen();

    public IGenerations Generations => generations ?? throw NotOpen();

    public IExternalIds ExternalIds => externalIds ?? throw NotOpen();

    public IDeliveryStarts DeliveryStarts => deliveryStarts ?? throw NotOpen();

    public IFolds Folds => new SqliteFolds(Writer, time);

    public IGrainStates GrainStates => new SqliteGrainStates(Writer, Loads);

    public IGrainReminders GrainReminders => new SqliteGrainReminders(Writer, Loads);

    public IPluginTables PluginTables => pluginTables ?? throw NotOpen();

    public IHeldReads Held => new SqliteHeldReads(Readers, Loads);

    private SqliteWriter Writer => writer ?? throw NotOpen();

    private SqliteReaders Readers => readers ?? throw NotOpen();

    private SqliteReaders Loads => loads ?? throw NotOpen();

    public ValueTask<StoreFacts> OpenAsync(CancellationToken cancellation)
    {
        if (facts is not null)
            return new(facts);

        try
        {
            Directory.CreateDirectory(options.DataDirectory);
            fileLock = SqliteFileLock.Take(options.DatabasePath);
            writer = new SqliteWriter(options, time);
            var opened = writer.Open();
            readers = new SqliteReaders(options, options.ReadConnectionCount);
            loads = new SqliteReaders(options, options.LoadConnectionCount);
            ledger = new SqliteLedger(readers);
            messages = new SqliteMessages(readers, ledger);
            items = new SqliteItems(readers);
            aggregates = new SqliteAggregates(readers);
            records = new SqliteRecords(readers);
            failures = new SqliteFailures(readers);
            reminders = new SqliteReminders(readers);
            generations = new SqliteGenerations(writer, readers, time);
            externalIds = new SqliteExternalIds(writer);
            deliveryStarts = new SqliteDeliveryStarts(writer, loads);
            pluginTables = new SqlitePluginTables(options);
            facts = opened;
            return new(opened);
        }
        catch (SqliteException e)
        {
            Close();
            throw e.ToStoreException();
        }
        catch (IOException e) when (SqliteFileLock.IsFull(e))
        {
            Close();
            throw new StoreException(
                StoreFault.Full, $"The data directory {options.DataDirectory} has no room: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Close();
            throw new StoreException(
                StoreFault.Fatal, $"The data directory {options.DataDirectory} cannot be used: {e.Message}", e);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public ValueTask<Incarnation> JoinAsync(JoinRequest request, CancellationToken cancellation) => Writer.WriteAsync(
        connection =>
        {
            // The file lock proves that the process before this one has ended.
            var stored = ReadCluster(connection);
            ClusterOfDatabase.Check(request, stored);
            if (request.Cluster != stored)
                WriteCluster(connection, request.Cluster);
            lastBefore ??= SqliteStarts.LastSilo(connection);
            isAfterCrash |= SqliteStarts.HasCrashed(connection, lastBefore.Value);
            connection.Execute("update silos set status = 'dead' where status <> 'dead'");
            var insert = connection.Prepare(
                "insert into silos(address, status, round, transaction_id, definitions) "
                + "values (?, 'active', 0, 0, (select definitions from meta)) returning id, definitions")
                .Bind(StorableText.Clean(request.Address));
            insert.Step();
            var silo = new SiloId(insert.Int64(0));
            var definitions = insert.Int64(1);
            insert.Run();
            return new Incarnation(silo, time.GetUtcNow())
            {
                Definitions = definitions, IsAfterCrash = isAfterCrash,
                HasUnscopedExternalIds = SqliteExternalIds.HasUnscoped(connection),
            };
        },
        cancellation);

    public ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation) =>
        Writer.CommitAsync(round, cancellation);

    public ValueTask<RoundResolution> ResolveAsync(SiloId silo, long round, CancellationToken cancellation) =>
        Writer.WriteAsync<RoundResolution>(
            connection =>
            {
                var select = connection
                    .Prepare("select round, status, transaction_id from silos where id = ?")
                    .Bind(silo.Value);
                if (!select.Step())
                    throw Incarnations.Forgotten(silo);

            var (last, status, transaction) = (select.Int64(0), select.Text(1), select.Int64(2));
            select.Reset();
            if (last == round)
            {
                return new RoundResolution.Applied(transaction, time.GetUtcNow())
                {
                    Owned = SqlitePartitions.OwnedBy(connection, silo),
                };
            }

            return status == "dead" ? new RoundResolution.Dead() : new RoundResolution.NotApplied();
        },
        cancellation);

    public ValueTask<bool> CheckAsync(SiloId silo, long round, CancellationToken cancellation) => Loads.ReadAsync(
        connection =>
        {
            var select = connection.Prepare(
                "select 1 from silos where id = ? and round = ? and status <> 'dead'").Bind(silo.Value).Bind(round);
            var alive = select.Step();
            select.Reset();
            return alive;
        },
        cancellation);

    public ValueTask<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancellation) =>
        Loads.ReadAsync(connection => Load(connection, request), cancellation);

    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until, int limit,
        CancellationToken cancellation) =>
        Loads.ReadAsync(
            connection => SqliteReminders.Read(connection, partitions, after, until, limit), cancellation);

    public ValueTask<bool> NoteStartsAsync(
        SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation) =>
        Writer.WriteAsync(connection => SqliteStarts.Note(connection, silo, notes), cancellation);

    public ValueTask<DeferredPage> ReadDeferredCallsAsync(
        IReadOnlyList<PartitionId>? partitions, long after, int limit, CancellationToken cancellation) =>
        Loads.ReadAsync(
        connection =>
        {
            var last = connection.Prepare("select last_transaction from meta");
            last.Step();
            var snapshot = new Snapshot(last.Int64(0) + 1, []);
            last.Reset();
            var calls = new List<DeferredCall>();
            var select = connection.Prepare(
                    $"""
                    select sequence, partition, type, key, method, arguments, origin from deferred_calls
                    where sequence > ?{SqlitePartitions.Filter(partitions)} order by sequence limit ?
                    """)
                .Bind(after);
            SqlitePartitions.Bind(select, partitions).Bind(limit);
            while (select.Step())
            {
                calls.Add(new DeferredCall(
                    select.Int64(0), new PartitionId(select.Int32(1)),
                    new RoundGrainId(select.Text(2), select.Text(3)), select.Text(4), select.Bytes(5))
                {
                    Origin = select.Int64(6),
                });
            }

            return new DeferredPage(calls, snapshot);
        },
        cancellation);

    public ValueTask<IReadOnlyList<FailureRow>> FindFailuresAsync(
        IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        Loads.ReadAsync(connection => SqliteFailures.Find(connection, ids), cancellation);

    public async ValueTask LeaveAsync(SiloId silo, CancellationToken cancellation) => await Writer.WriteAsync(
        connection =>
        {
            connection.Prepare("update partitions set silo = null where silo = ?").Bind(silo.Value).Run();
            SqliteStarts.TakeBack(connection, silo);
            return connection.Prepare("update silos set status = 'dead' where id = ?").Bind(silo.Value).Run();
        },
        cancellation);

    public ValueTask<bool> DeclareDeadAsync(SiloId silo, CancellationToken cancellation) => Writer.WriteAsync(
        connection => connection.Prepare("update silos set status = 'dead' where id = ? and status <> 'dead'")
            .Bind(silo.Value).Run() == 1,
        cancellation);

    public ValueTask<IReadOnlyList<LivingSilo>> ReadSilosAsync(CancellationToken cancellation) =>
        Loads.ReadAsync(SqliteSilos.Living, cancellation);

    public ValueTask<bool> BeginLeaveAsync(SiloId silo, CancellationToken cancellation) => Writer.WriteAsync(
        connection => connection.Prepare("update silos set status = 'leaving' where id = ? and status <> 'dead'")
            .Bind(silo.Value).Run() == 1,
        cancellation);

    public ValueTask<CordonOutcome> CordonAsync(
        SiloId silo, bool isCordoned, CancellationToken cancellation) =>
        Writer.WriteAsync(connection => SqliteSilos.Cordon(connection, silo, isCordoned), cancellation);

    public ValueTask<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(CancellationToken cancellation) =>
        Loads.ReadAsync(SqlitePartitions.Owners, cancellation);

    public ValueTask<IReadOnlyList<WaitingRows>> CountDeferredAsync(int limit, CancellationToken cancellation) =>
        Loads.ReadAsync(connection => SqlitePartitions.CountDeferred(connection, limit), cancellation);

    public ValueTask DisposeAsync()
    {
        Close();
        return default;
    }

    private static LoadResult Load(SqliteConnection connection, LoadRequest request)
    {
        var result = new LoadResult();
        foreach (var (table, grain) in request.States)
        {
            if (SqliteStates.Load(connection, table, grain) is { } state)
                result.States[grain] = state;
        }

        SqliteExternalIds.Load(connection, "scoped_external_ids", request.ExternalIds, result.ExternalIds);
        SqliteExternalIds.Load(connection, "external_ids", request.UnscopedExternalIds, result.UnscopedExternalIds);
        return result;
    }

    private static string? ReadCluster(SqliteConnection connection)
    {
        var select = connection.Prepare("select cluster from meta");
        select.Step();
        var cluster = select.IsNull(0) ? null : select.Text(0);
        select.Reset();
        return cluster;
    }

    private static void WriteCluster(SqliteConnection connection, string? cluster)
    {
        if (cluster is null)
            connection.Execute("update meta set cluster = null");
        else
            connection.Prepare("update meta set cluster = ?").Bind(cluster).Run();
    }

    private static InvalidOperationException NotOpen() => new("The store is not open.");

    private void Close()
    {
        // The readers are closed first: the last connection to close writes the log back into the database.
        pluginTables?.Dispose();
        readers?.Dispose();
        loads?.Dispose();
        writer?.Dispose();
        fileLock?.Dispose();
        pluginTables = null;
        readers = null;
        loads = null;
        writer = null;
        fileLock = null;
        facts = null;
    }
}
