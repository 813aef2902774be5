using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Deliveries;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Deliveries;

/// <inheritdoc cref="IDeliveryStarts"/>
internal sealed class PostgresDeliveryStarts(PostgresReaders readers) : IDeliveryStarts
{
    public ValueTask<IReadOnlyList<DeliveryStart>> ReadAsync(CancellationToken cancellation) =>
        readers.RunAsync<IReadOnlyList<DeliveryStart>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select source, fingerprint, starts, is_alone from delivery_starts", connection);
                return await PostgresRows.ReadAllAsync(
                    command,
                    static row => new DeliveryStart(
                        row.GetString(0), Hash128.Read(row.GetFieldValue<byte[]>(1)), row.GetInt32(2),
                        row.GetBoolean(3)),
                    cancellation);
            },
            cancellation);

    public async ValueTask WriteAsync(
        IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation) => await readers.RunAsync(
        async connection =>
        {
            // Without a begin the batch is one transaction.
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(RoundChanges.Command(
                """
                delete from delivery_starts s using unnest($1::text[], $2::bytea[]) as t(source, fingerprint)
                where s.source = t.source and s.fingerprint = t.fingerprint
                """,
                Keys(starts)));
            List<DeliveryStart> noted = [.. starts.Where(static start => start.StartsCount > 0)];
            if (noted.Count > 0)
            {
                batch.BatchCommands.Add(RoundChanges.Command(
                    """
                    insert into delivery_starts(source, fingerprint, starts, is_alone)
                    select * from unnest($1::text[], $2::bytea[], $3::int[], $4::boolean[])
                    """,
                    [
                        .. Keys(noted), new IntColumn("starts", i => noted[i].StartsCount).ToArray(noted.Count),
                        new NpgsqlParameter<bool[]>
                        {
                            TypedValue = [.. noted.Select(static start => start.IsAlone)],
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean,
                        },
                    ]));
            }

            return await batch.ExecuteNonQueryAsync(cancellation);
        },
        cancellation);

    public async ValueTask ClearAsync(CancellationToken cancellation) => await readers.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("delete from delivery_starts", connection);
            return await command.ExecuteNonQueryAsync(cancellation);
        },
        cancellation);

    private static NpgsqlParameter[] Keys(IReadOnlyList<DeliveryStart> starts) =>
    [
        new TextColumn("source", i => starts[i].Source).ToArray(starts.Count),
        new BytesColumn("fingerprint", i => Hash128.ToBytes(starts[i].Fingerprint)).ToArray(starts.Count),
    ];
}
