using Npgsql;
using Tributary.Runtime.Store;

namespace Tributary.Storage.Postgres;

/// <summary>The store on PostgreSQL 15 or newer.</summary>
public sealed class PostgresStore : IPartitionStore
{
    private readonly PostgresOptions options;
    private readonly PostgresCommitter committer;
    private readonly PostgresReaders readers;
    private readonly PostgresMembership membership;
    private readonly PostgresPluginTables pluginTables;

    public PostgresStore(PostgresOptions options, TimeProvider time)
    {
        this.options = options;
        committer = new PostgresCommitter(options);
        readers = new PostgresReaders(options);
        membership = new PostgresMembership(options, committer, time);
        Log = new PostgresMessageLog(readers, time);
        Generations = new PostgresGenerations(readers, time);
        Queries = new PostgresMessageQueries(readers, Log);
        Processing = new PostgresProcessingQueries(readers);
        DeliveryStarts = new PostgresDeliveryStarts(readers);
        pluginTables = new PostgresPluginTables(options);
        Held = new PostgresHeldWork(readers);
    }

    /// <summary>Reads of what is committed.</summary>
    public IMessageLog Log { get; }

    /// <inheritdoc cref="IGenerations"/>
    public IGenerations Generations { get; }

    /// <summary>Searches of what is committed.</summary>
    public IMessageQueries Queries { get; }

    /// <summary>Reads of what became of messages.</summary>
    public IProcessingQueries Processing { get; }

    /// <summary>Tables that plugins own.</summary>
    public IPluginTables PluginTables => pluginTables;

    public IHeldWork Held { get; }

    /// <inheritdoc cref="IDeliveryStarts"/>
    public IDeliveryStarts DeliveryStarts { get; }

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

    public async ValueTask<Incarnation> JoinAsync(string address, IReadOnlyList<string> indexedPaths, CancellationToken cancellation) =>
        await membership.JoinAsync(address, indexedPaths, cancellation);

    public async ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation) =>
        await committer.CommitAsync(round, cancellation);

    public async ValueTask<RoundResolution> ResolveAsync(SiloId silo, long round, CancellationToken cancellation) =>
        await membership.ResolveAsync(silo, round, cancellation);

    public ValueTask<bool> CheckAsync(SiloId silo, long round, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("select exists(select from silos where id = $1 and round = $2 and status <> 'dead')", connection);
            command.Parameters.Add(RoundChanges.Long(silo.Value));
            command.Parameters.Add(RoundChanges.Long(round));
            return (bool)(await command.ExecuteScalarAsync(cancellation))!;
        },
        cancellation);

    public ValueTask<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresLoads.LoadAsync(connection, request, cancellation), cancellation);

    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        ReminderMark after, DateTimeOffset until, int limit, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresLoads.ReadRemindersAsync(connection, after, until, limit, cancellation), cancellation);

    public ValueTask<bool> NoteStartsAsync(
        SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresStarts.NoteAsync(connection, silo, notes, cancellation), cancellation);

    public ValueTask<IReadOnlyList<DeferredCall>> ReadDeferredCallsAsync(long after, int limit, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresLoads.ReadDeferredCallsAsync(connection, after, limit, cancellation), cancellation);

    public ValueTask<IReadOnlyList<FailureRow>> FindFailuresAsync(
        IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresFailures.FindAsync(connection, ids, cancellation), cancellation);

    public async ValueTask LeaveAsync(SiloId silo, CancellationToken cancellation) => await membership.LeaveAsync(silo, cancellation);

    public async ValueTask DisposeAsync()
    {
        await committer.DisposeAsync();
        await pluginTables.DisposeAsync();
        await readers.DisposeAsync();
    }
}
