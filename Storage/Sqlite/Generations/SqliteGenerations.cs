using Tributary.Storage.Generations;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class SqliteGenerations(SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals,
        CancellationToken cancellation
    ) =>
        writer.WriteAsync(
            connection => SqliteDefinitions.Register(connection, proposals, time.GetUtcNow()), cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        readers.ReadAsync(SqliteDefinitions.ReadAll, cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> SwitchAsync(
        IReadOnlyList<int> ids, CancellationToken cancellation) =>
        writer.WriteAsync(connection => SqliteDefinitions.Switch(connection, ids, time.GetUtcNow()), cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        writer.WriteAsync(connection => SqliteDefinitions.Drop(connection, ids, time.GetUtcNow()), cancellation);

    // There is one writer: everything committed lies below the horizon.
    public ValueTask<Position> ReadEndAsync(CancellationToken cancellation) =>
        readers.ReadAsync(SqliteMessages.Horizon, cancellation);
}
