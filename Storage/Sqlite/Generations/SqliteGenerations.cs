using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite.Indexing;

namespace Tributary.Storage.Sqlite.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class SqliteGenerations(SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> DeclareAsync(
        SiloId silo, IReadOnlyList<DefinitionProposal> proposals, IReadOnlyList<string> indexedPaths,
        CancellationToken cancellation) =>
        writer.WriteAsync<IReadOnlyList<DefinitionRow>>(
            connection =>
            {
                var declared = SqliteDefinitions.Register(connection, proposals, time.GetUtcNow());
                SqliteDefinitions.Declare(connection, silo, declared);
                SqliteFedPaths.Declare(connection, silo, indexedPaths);
                SqliteDefinitions.Feed(connection);
                var all = SqliteDefinitions.ReadAll(connection).ToDictionary(static row => row.Id);
                return [.. declared.Select(row => all[row.Id])];
            },
            cancellation);

    public ValueTask<StoredDefinitions> ReadAsync(CancellationToken cancellation) =>
        readers.ReadAsync(SqliteDefinitions.ReadStored, cancellation);

    public ValueTask<StoredDefinitions> ReviewAsync(CancellationToken cancellation) =>
        ChangeAsync(static _ => { }, cancellation);

    public ValueTask<StoredDefinitions> SwitchAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        ChangeAsync(connection => SqliteDefinitions.Switch(connection, ids, time.GetUtcNow()), cancellation);

    public ValueTask<StoredDefinitions> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        ChangeAsync(connection => SqliteDefinitions.Drop(connection, ids, time.GetUtcNow()), cancellation);

    private ValueTask<StoredDefinitions> ChangeAsync(
        Action<SqliteConnection> change, CancellationToken cancellation) => writer.WriteAsync(
        connection =>
        {
            change(connection);
            SqliteDefinitions.Feed(connection);
            return SqliteDefinitions.ReadStored(connection);
        },
        cancellation);
}
