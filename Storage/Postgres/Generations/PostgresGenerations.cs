using System.Globalization;
using Npgsql;
using Tributary.Storage.Generations;

namespace Tributary.Storage.Postgres.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class PostgresGenerations(PostgresReaders readers, TimeProvider time) : IGenerations
{
    // The first transaction that has not begun: every committed row has a lower number.
    private static readonly string End = string.Create(
        CultureInfo.InvariantCulture,
        $"select pg_snapshot_xmax(pg_current_snapshot())::text::bigint << {Position.IndexBits}");

    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals,
        CancellationToken cancellation
    ) =>
        readers.RunAsync(
            connection => PostgresDefinitions.RegisterAsync(connection, proposals, time.GetUtcNow(), cancellation),
            cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresDefinitions.ReadAllAsync(connection, cancellation), cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> SwitchAsync(
        IReadOnlyList<int> ids, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresDefinitions.SwitchAsync(connection, ids, time.GetUtcNow(), cancellation),
            cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresDefinitions.DropAsync(connection, ids, time.GetUtcNow(), cancellation), cancellation);

    public ValueTask<Position> ReadEndAsync(CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(End, connection);
            return new Position((long)(await command.ExecuteScalarAsync(cancellation))!);
        },
        cancellation);
}
