using Npgsql;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Deliveries;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Failures;
using Tributary.Storage.Folds;
using Tributary.Storage.Generations;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Held;
using Tributary.Storage.Items;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.PluginTables;
using Tributary.Storage.Postgres.Aggregates;
using Tributary.Storage.Postgres.Deliveries;
using Tributary.Storage.Postgres.ExternalIds;
using Tributary.Storage.Postgres.Failures;
using Tributary.Storage.Postgres.Folds;
using Tributary.Storage.Postgres.Generations;
using Tributary.Storage.Postgres.GrainStates;
using Tributary.Storage.Postgres.Held;
using Tributary.Storage.Postgres.Items;
using Tributary.Storage.Postgres.Ledger;
using Tributary.Storage.Postgres.Messages;
using Tributary.Storage.Postgres.PluginTables;
using Tributary.Storage.Postgres.Records;
using Tributary.Storage.Postgres.Reminders;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres;

/// <summary>The store on PostgreSQL 15 or newer.</summary>
public sealed class PostgresStore : IStore
{
    private readonly PostgresOptions options;
    private readonly PostgresCommitter committer;
    private readonly PostgresReaders readers;

    // Connections of the engine, which no query of an API can take.
    private readonly PostgresReaders loads;

    // Connections of ordinary grains, which neither delay rounds nor wait for queries.
    private readonly PostgresReaders states;
    private readonly PostgresMembership membership;
    private readonly PostgresPluginTables pluginTables;

    public PostgresStore(PostgresOptions options, TimeProvider time)
    {
        this.options = options;
        committer = new PostgresCommitter(options);
        readers = new PostgresReaders(options, "tributary read", options.ReadConnectionCount);
        loads = new PostgresReaders(options, "tributary load", options.LoadConnectionCount);
        membership = new PostgresMembership(options, committer, time);
        Ledger = new PostgresLedger(readers);
        Messages = new PostgresMessages(readers, Ledger);
        Items = new PostgresItems(readers);
        Aggregates = new PostgresAggregates(readers);
        Records = new PostgresRecords(readers);
        Failures = new PostgresFailures(readers);
        Reminders = new PostgresReminders(readers);
        Generations = new PostgresGenerations(readers, options, time);
        ExternalIds = new PostgresExternalIds(readers);
        DeliveryStarts = new PostgresDeliveryStarts(loads);
        Folds = new PostgresFolds(readers);
        states = new PostgresReaders(
            options, "tributary grains", options.GrainStateConnectionCount, PoolSettings.DurableByIndex);
        GrainStates = new PostgresGrainStates(states);
        GrainReminders = new PostgresGrainReminders(states);
        pluginTables = new PostgresPluginTables(options);
        Held = new PostgresHeldReads(readers, loads);
    }

    public IMessageReads Messages { get; }

    public IItemReads Items { get; }

    public IAggregateReads Aggregates { get; }

    public IRecordReads Records { get; }

    public IFailureReads Failures { get; }

    public IReminderReads Reminders { get; }

    public ILedgerReads Ledger { get; }

    public IGenerations Generations { get; }

    public IExternalIds ExternalIds { get; }

    public IDeliveryStarts DeliveryStarts { get; }

    public IFolds Folds { get; }

    public IGrainStates GrainStates { get; }

    public IGrainReminders GrainReminders { get; }

    public IPluginTables PluginTables => pluginTables;

    public IHeldReads Held { get; }

    public async ValueTask<StoreFacts> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await using var session = await PostgresSession.OpenAsync(options, cancellation);
            return await PostgresSchema.OpenAsync(session.Connection, options, cancellation);
        }
        catch (Exception e) when (PostgresErrors.IsDatabaseFault(e))
        {
            throw PostgresErrors.ToStoreException(e);
        }
    }

    public async ValueTask<Incarnation> JoinAsync(JoinRequest request, CancellationToken cancellation) =>
        await membership.JoinAsync(request, cancellation);

    public async ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation) =>
        await committer.CommitAsync(round, cancellation);

    public async ValueTask<RoundResolution> ResolveAsync(SiloId silo, long round, CancellationToken cancellation) =>
        await membership.ResolveAsync(silo, round, cancellation);

    public ValueTask<bool> CheckAsync(SiloId silo, long round, CancellationToken cancellation) =>
        loads.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select exists(select from silos where id = $1 and round = $2 and status <> 'dead')", connection);
                command.Parameters.Add(RoundChanges.Long(silo.Value));
                command.Parameters.Add(RoundChanges.Long(round));
                return (bool)(await command.ExecuteScalarAsync(cancellation))!;
            },
            cancellation);

    public ValueTask<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresLoads.LoadAsync(connection, request, cancellation), cancellation);

    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until, int limit,
        CancellationToken cancellation) =>
        loads.RunAsync(
            connection => PostgresReminders.ReadAsync(connection, partitions, after, until, limit, cancellation),
            cancellation);

    public ValueTask<bool> NoteStartsAsync(
        SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresStarts.NoteAsync(connection, silo, notes, cancellation), cancellation);

    public ValueTask<DeferredPage> ReadDeferredCallsAsync(
        IReadOnlyList<PartitionId>? partitions, long after, int limit, CancellationToken cancellation) =>
        loads.RunAsync(
            connection => PostgresLoads.ReadDeferredCallsAsync(connection, partitions, after, limit, cancellation),
            cancellation);

    public ValueTask<IReadOnlyList<FailureRow>> FindFailuresAsync(
        IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresFailures.FindAsync(connection, ids, cancellation), cancellation);

    public async ValueTask LeaveAsync(SiloId silo, CancellationToken cancellation) =>
        await membership.LeaveAsync(silo, cancellation);

    public ValueTask<bool> DeclareDeadAsync(SiloId silo, CancellationToken cancellation) =>
        loads.RunAsync(connection => membership.DeclareDeadAsync(connection, silo, cancellation), cancellation);

    public ValueTask<IReadOnlyList<LivingSilo>> ReadSilosAsync(CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresSilos.ReadLivingAsync(connection, cancellation), cancellation);

    public ValueTask<bool> BeginLeaveAsync(SiloId silo, CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresSilos.BeginLeaveAsync(connection, silo, cancellation), cancellation);

    public ValueTask<CordonOutcome> CordonAsync(
        SiloId silo, bool isCordoned, CancellationToken cancellation) =>
        loads.RunAsync(
            connection => PostgresSilos.CordonAsync(connection, silo, isCordoned, cancellation), cancellation);

    public ValueTask<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(CancellationToken cancellation) =>
        loads.RunAsync(connection => PostgresPartitions.ReadOwnersAsync(connection, cancellation), cancellation);

    // For people who watch: not on the connections of the engine.
    public ValueTask<IReadOnlyList<WaitingRows>> CountDeferredAsync(int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresPartitions.CountDeferredAsync(connection, limit, cancellation), cancellation);

    public async ValueTask DisposeAsync()
    {
        await committer.DisposeAsync();
        await pluginTables.DisposeAsync();
        await readers.DisposeAsync();
        await states.DisposeAsync();
        await loads.DisposeAsync();
    }
}
