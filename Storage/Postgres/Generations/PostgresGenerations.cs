using System.Globalization;
using Npgsql;
using Tributary.Storage.Generations;
using Tributary.Storage.Postgres.Indexing;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class PostgresGenerations(PostgresReaders readers, PostgresOptions options, TimeProvider time)
    : IGenerations
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    // The first change waits this long for a silo's commit, and each further try as much longer.
    private static readonly TimeSpan LockStep = TimeSpan.FromMilliseconds(500);

    public async ValueTask<IReadOnlyList<DefinitionRow>> DeclareAsync(
        SiloId silo, IReadOnlyList<DefinitionProposal> proposals, IReadOnlyList<string> indexedPaths,
        CancellationToken cancellation)
    {
        var declared = new List<DefinitionRow>(proposals.Count);
        var stored = await ChangeAsync(
            async connection =>
            {
                declared.Clear();
                foreach (var proposal in proposals)
                {
                    declared.Add(await PostgresDefinitions.EnsureAsync(
                        connection, proposal, time.GetUtcNow(), cancellation));
                }

                await PostgresDefinitions.DeclareAsync(connection, silo, declared, cancellation);
                await PostgresFedPaths.DeclareAsync(connection, silo, indexedPaths, cancellation);
            },
            cancellation);
        return [.. declared.Select(row => stored.Rows.First(other => other.Id == row.Id))];
    }

    public ValueTask<StoredDefinitions> ReadAsync(CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresFedGenerations.ReadAsync(connection, cancellation), cancellation);

    public ValueTask<StoredDefinitions> ReviewAsync(CancellationToken cancellation) =>
        ChangeAsync(static _ => Task.CompletedTask, cancellation);

    public ValueTask<StoredDefinitions> SwitchAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        ChangeAsync(all => GenerationRules.Switchable(all, ids), PostgresDefinitions.MakeLiveAsync, cancellation);

    public ValueTask<StoredDefinitions> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        ChangeAsync(all => GenerationRules.Droppable(all, ids), PostgresDefinitions.DropAsync, cancellation);

    private ValueTask<StoredDefinitions> ChangeAsync(
        Func<IReadOnlyList<DefinitionRow>, IReadOnlyList<DefinitionRow>> pick,
        Func<NpgsqlConnection, IEnumerable<DefinitionRow>, DateTimeOffset, CancellationToken, Task> change,
        CancellationToken cancellation) => ChangeAsync(
        async connection => await change(
            connection, pick(await PostgresDefinitions.ReadAllAsync(connection, cancellation)), time.GetUtcNow(),
            cancellation),
        cancellation);

    // A silo that stands still in the middle of a commit holds the lock of its row until it is declared dead. Meanwhile
    // the change lets go of the other silos' rows again and again, so that their commits go on.
    private async ValueTask<StoredDefinitions> ChangeAsync(
        Func<NpgsqlConnection, Task> change, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var wait = LockStep * attempt < options.Lease ? LockStep * attempt : options.Lease;
            var stored = await readers.RunAsync(
                async connection =>
                {
                    if (!await TryChangeAsync(connection, change, wait, cancellation))
                        return null;
                    await PostgresFedGenerations.PlaceAsync(connection, cancellation);
                    return await PostgresFedGenerations.ReadAsync(connection, cancellation);
                },
                cancellation);
            if (stored is not null)
                return stored;
            await Task.Delay(RetryDelay, time, cancellation);
        }
    }

    private async Task<bool> TryChangeAsync(
        NpgsqlConnection connection, Func<NpgsqlConnection, Task> change, TimeSpan wait,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await PostgresDefinitions.RunAsync(
                connection,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"set local lock_timeout = {(int)wait.TotalMilliseconds}"),
                cancellation);
            await PostgresFedGenerations.LockAsync(connection, cancellation);
            // A silo that joins at the same time begins with the version before or the one after, and never between.
            await PostgresSession.LockJoinsAsync(connection, cancellation);
            await change(connection);
            await PostgresFedGenerations.ChangeAsync(connection, cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await transaction.RollbackAsync(cancellation);
            return false;
        }
    }
}
