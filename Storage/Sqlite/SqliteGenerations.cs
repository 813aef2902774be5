namespace Tributary.Storage.Sqlite;

/// <inheritdoc cref="IGenerations"/>
internal sealed class SqliteGenerations(SqliteWriter writer, IMessageLog log, TimeProvider time) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> SwitchAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        writer.WriteAsync(connection => SqliteDefinitions.Switch(connection, ids, time.GetUtcNow()), cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        writer.WriteAsync(connection => SqliteDefinitions.Drop(connection, ids, time.GetUtcNow()), cancellation);

    // There is one writer: all that is committed lies below the horizon.
    public ValueTask<Position> ReadEndAsync(CancellationToken cancellation) => log.ReadHorizonAsync(cancellation);
}
