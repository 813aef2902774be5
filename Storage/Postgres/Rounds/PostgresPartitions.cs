using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>Reads and writes the owners of partitions.</summary>
internal static class PostgresPartitions
{
    /// <summary>
    /// The fence of a round. It also proves that the round knows what messages are counted in, and that the silo owns
    /// the partitions that the round writes: the silo's row is locked from here to the commit, so that no other silo
    /// declares it dead, and no silo takes the partitions of a living one.
    /// </summary>
    public static NpgsqlBatchCommand Fence(RoundCommit round) => RoundChanges.Command(
        "select transaction_id, committed_at from fence($1, $2, $3, $4)",
        RoundChanges.Long(round.Silo.Value), RoundChanges.Long(round.Round), Ids(round.Writes),
        RoundChanges.Long(round.Definitions));

    public static bool HasChanges(RoundCommit round) => round.Takes.Count > 0 || round.Gives.Count > 0;

    /// <summary>
    /// Gives, then takes; returns the taken partitions. A take skips rows that another session locks, which takes or
    /// gives them at this moment: no round waits for the commit of another silo. A take needs proof that the owner is
    /// dead: a silo that the statement's snapshot does not know has just joined, and lives.
    /// </summary>
    public static NpgsqlBatchCommand Changes(RoundCommit round) => RoundChanges.Command(
        """
        with given as (
            update partitions set silo = null where id = any($3) and silo = $1),
        free as materialized (
            select p.id from partitions p
            where p.id = any($2) and (p.silo is null or p.silo = $1
                or exists (select from silos s where s.id = p.silo and s.status = 'dead'))
            order by p.id for update skip locked)
        update partitions p
        set silo = $1, taken_from = case when p.silo = $1 then p.taken_from else p.silo end
        from free where p.id = free.id
        returning p.id, p.taken_from is not null
        """,
        RoundChanges.Long(round.Silo.Value), Ids(round.Takes), Ids(round.Gives));

    /// <summary>Reads the rows of <see cref="Changes"/> or <see cref="OwnedAsync"/>.</summary>
    public static async Task<IReadOnlyList<TakenPartition>> ReadAsync(
        NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var taken = new List<TakenPartition>();
        while (await reader.ReadAsync(cancellation))
            taken.Add(new TakenPartition(new PartitionId(reader.GetInt32(0)), reader.GetBoolean(1)));
        return taken;
    }

    public static async Task<IReadOnlyList<TakenPartition>> OwnedAsync(
        NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select id, taken_from is not null from partitions where silo = $1 order by id", connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await ReadAsync(reader, cancellation);
    }

    public static async Task<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select p.id, s.id, s.address, s.status = 'dead'
            from partitions p join silos s on s.id = p.silo order by p.id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var owners = new List<PartitionOwner>();
        while (await reader.ReadAsync(cancellation))
        {
            owners.Add(new PartitionOwner(
                new PartitionId(reader.GetInt32(0)), new SiloId(reader.GetInt64(1)), reader.GetString(2),
                reader.GetBoolean(3)));
        }

        return owners;
    }

    public static async Task<IReadOnlyList<WaitingRows>> CountDeferredAsync(
        NpgsqlConnection connection, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select partition, count(*)::int from (select partition from deferred_calls limit $1) rows
            group by partition order by partition
            """,
            connection) { Parameters = { new() { Value = limit } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var waiting = new List<WaitingRows>();
        while (await reader.ReadAsync(cancellation))
            waiting.Add(new WaitingRows(new PartitionId(reader.GetInt32(0)), reader.GetInt32(1)));
        return waiting;
    }

    public static NpgsqlParameter Ids(IReadOnlyList<PartitionId> partitions)
    {
        var ids = new int[partitions.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = partitions[i].Value;
        return new NpgsqlParameter<int[]>
        {
            TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
        };
    }
}
