using System.Globalization;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Who owns which partition.</summary>
internal static class SqlitePartitions
{
    // A round that writes more of them reads the whole table, which fits on a page or two.
    private const int MaxLookupsCount = 16;

    /// <summary>Why the round is not the silo's to write, or null; inside the transaction of the round.</summary>
    public static CommitOutcome.NotOwned? NotOwned(SqliteConnection connection, RoundCommit round)
    {
        if (round.Writes.Count == 0)
            return null;
        var owned = round.Writes.Count <= MaxLookupsCount ? Lookup(connection, round) : Scan(connection, round);
        return owned == round.Writes.Count ? null : new CommitOutcome.NotOwned(
            $"Silo {round.Silo} writes {round.Writes.Count} partitions and owns {owned} of them.");
    }

    /// <summary>Takes and gives; what was taken.</summary>
    public static IReadOnlyList<TakenPartition> Write(SqliteConnection connection, RoundCommit round)
    {
        foreach (var partition in round.Gives)
        {
            connection.Prepare("update partitions set silo = null where id = ? and silo = ?")
                .Bind(partition.Value).Bind(round.Silo.Value).Run();
        }

        if (round.Takes.Count == 0)
            return [];
        var taken = new List<TakenPartition>(round.Takes.Count);
        var update = connection.Prepare(
                $"""
                update partitions set silo = ?, taken_from = case when silo = ? then taken_from else silo end
                where (silo is null or silo = ?
                    or exists (select 1 from silos s where s.id = partitions.silo and s.status = 'dead'))
                    {Filter(round.Takes, "id")}
                returning id, taken_from
                """)
            .Bind(round.Silo.Value).Bind(round.Silo.Value).Bind(round.Silo.Value);
        Bind(update, round.Takes);
        while (update.Step())
            taken.Add(Read(update));
        return taken;
    }

    public static IReadOnlyList<TakenPartition> OwnedBy(SqliteConnection connection, SiloId silo)
    {
        var owned = new List<TakenPartition>();
        var select = connection.Prepare("select id, taken_from from partitions where silo = ? order by id")
            .Bind(silo.Value);
        while (select.Step())
            owned.Add(Read(select));
        return owned;
    }

    public static IReadOnlyList<PartitionOwner> Owners(SqliteConnection connection)
    {
        var owners = new List<PartitionOwner>();
        var select = connection.Prepare(
            """
            select p.id, s.id, s.address, s.status = 'dead'
            from partitions p join silos s on s.id = p.silo order by p.id
            """);
        while (select.Step())
        {
            owners.Add(new PartitionOwner(
                new PartitionId(select.Int32(0)), new SiloId(select.Int64(1)), select.Text(2), select.Int32(3) == 1));
        }

        return owners;
    }

    public static IReadOnlyList<WaitingRows> CountDeferred(SqliteConnection connection, int limit)
    {
        var waiting = new List<WaitingRows>();
        var select = connection.Prepare(
            """
            select partition, count(*) from (select partition from deferred_calls limit ?)
            group by partition order by partition
            """).Bind(limit);
        while (select.Step())
            waiting.Add(new WaitingRows(new PartitionId(select.Int32(0)), select.Int32(1)));
        return waiting;
    }

    /// <summary>A condition on a partition; empty for all partitions.</summary>
    public static string Filter(IReadOnlyList<PartitionId>? partitions, string column = "partition") =>
        partitions is null ? "" : $" and {column} in (select value from json_each(?))";

    /// <summary>The parameter of <see cref="Filter"/>, if it has one.</summary>
    public static SqliteStatement Bind(SqliteStatement statement, IReadOnlyList<PartitionId>? partitions) =>
        partitions is null ? statement
            : statement.Bind($"[{string.Join(',', partitions.Select(
                partition => partition.Value.ToString(CultureInfo.InvariantCulture)))}]");

    private static int Lookup(SqliteConnection connection, RoundCommit round)
    {
        var owned = 0;
        var select = connection.Prepare("select 1 from partitions where id = ? and silo = ?");
        foreach (var partition in round.Writes)
        {
            owned += select.Bind(partition.Value).Bind(round.Silo.Value).Step() ? 1 : 0;
            select.Reset();
        }

        return owned;
    }

    private static int Scan(SqliteConnection connection, RoundCommit round)
    {
        var written = new HashSet<int>(round.Writes.Select(partition => partition.Value));
        var owned = 0;
        var select = connection.Prepare("select id from partitions where silo = ?").Bind(round.Silo.Value);
        while (select.Step())
            owned += written.Contains(select.Int32(0)) ? 1 : 0;
        return owned;
    }

    private static TakenPartition Read(SqliteStatement row) => new(new PartitionId(row.Int32(0)), !row.IsNull(1));
}
