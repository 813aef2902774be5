using System.Globalization;
using Npgsql;

namespace Tributary.Bench.Cluster;

/// <summary>What a PostgreSQL server on this machine has spent so far.</summary>
/// <param name="ProcessorMs">Of all its processes.</param>
/// <param name="WalBytes">Written to its log.</param>
internal readonly record struct DatabaseCosts(double ProcessorMs, long WalBytes)
{
    // Linux counts processor time in hundredths of a second.
    private const double MsPerTick = 10;

    public static async Task<DatabaseCosts> ReadAsync(string connection, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(
            "select pg_backend_pid(), (pg_current_wal_lsn() - '0/0')::bigint");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var server = StatOf(reader.GetInt32(0).ToString(CultureInfo.InvariantCulture))!.Value.Parent;
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (StatOf(Path.GetFileName(folder)) is not { } stat)
                continue;
            if (stat.Id == server)
                ticks += stat.Own + stat.EndedChildren;
            else if (stat.Parent == server)
                ticks += stat.Own;
        }

        return new DatabaseCosts(ticks * MsPerTick, reader.GetInt64(1));
    }

    public static DatabaseCosts operator -(DatabaseCosts after, DatabaseCosts before) =>
        new(after.ProcessorMs - before.ProcessorMs, after.WalBytes - before.WalBytes);

    // Null for what is no process, or has ended meanwhile.
    private static Stat? StatOf(string process)
    {
        if (!int.TryParse(process, CultureInfo.InvariantCulture, out var id))
            return null;
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name stands in brackets and may hold spaces. Behind it: state, parent, …, user and system time, and
            // those of ended children.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
            return new Stat(id, (int)Number(1), Number(11) + Number(12), Number(13) + Number(14));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private readonly record struct Stat(int Id, int Parent, long Own, long EndedChildren);
}
