using Tributary.Storage.ExternalIds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.ExternalIds;

/// <inheritdoc cref="IExternalIds"/>
internal sealed class PostgresExternalIds(PostgresReaders readers) : IExternalIds
{
    public ValueTask<int> CutAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                var cut = await CutTableAsync("external_ids", limit);
                return cut < limit ? cut + await CutTableAsync("scoped_external_ids", limit - cut) : cut;

            async Task<int> CutTableAsync(string table, int most)
            {
                await using var command = PostgresRows.Command(
                    connection,
                    $"delete from {table} where ctid = any(array(select ctid from {table} where received_day < $1::int "
                    + "limit $2))",
                    Instant.ToDay(before), most);
                return await command.ExecuteNonQueryAsync(cancellation);
            }
        },
        cancellation);
}
