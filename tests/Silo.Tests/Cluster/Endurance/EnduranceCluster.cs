using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tributary.TestingHost.Postgres;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Three silos and an API node on a database, and what is done to them. Every harm is logged with its moment and with
/// what it hit.
/// </summary>
internal sealed class EnduranceCluster(
    PostgresCluster postgres, string connection, IReadOnlyList<SupervisedNode> nodes, ITestOutputHelper output)
{
    /// <summary>At least so long; and until the others have declared the silo dead, which takes seconds.</summary>
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(30);

    private const int LostExitCode = 1;

    private readonly long began = Stopwatch.GetTimestamp();
    private readonly Lock choosing = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IReadOnlyList<SupervisedNode> Nodes => nodes;

    public IEnumerable<SupervisedNode> Silos => nodes.Where(static node => node.IsSilo);

    /// <summary>Requests that wait for their answer; the load says it.</summary>
    public Func<int> InFlightCount { get; set; } = static () => 0;

    /// <summary>A node that nobody harms at the moment, or any when there is none.</summary>
    public SupervisedNode Any(Random random)
    {
        var ready = nodes.Where(static node => node.IsReady).ToList();
        var among = ready.Count > 0 ? ready : nodes;
        return among[random.Next(among.Count)];
    }

    /// <summary>Chooses a node, which is nobody else's until it is ready again; null when too few are ready.</summary>
    public SupervisedNode? Take(Random random, bool isSilo)
    {
        lock (choosing)
        {
            var ready = nodes.Where(node => node.IsReady && node.IsSilo == isSilo).ToList();
            // One silo must be left: all at once is a test of its own.
            if (ready.Count == 0 || (isSilo && ready.Count < 2))
                return null;
            var taken = ready[random.Next(ready.Count)];
            taken.IsReady = false;
            return taken;
        }
    }

    public async Task KillAsync(SupervisedNode node)
    {
        await LogAsync("kill -9", node);
        await node.Process.KillAsync(Cancellation);
        await node.StartAsync(Cancellation);
    }

    public async Task FreezeAsync(SupervisedNode node)
    {
        await LogAsync("SIGSTOP", node);
        await node.Process.SignalAsync("STOP", Cancellation);
        var silo = node.Silo;
        await Pace.WaitAsync(Freeze);
        await Waiting.UntilAsync(async () => await IsDeadAsync(silo));
        await node.Process.SignalAsync("CONT", Cancellation);
        Assert.Equal(LostExitCode, await node.Process.WaitForExitAsync(Cancellation));
        await node.StartAsync(Cancellation);
    }

    public async Task StopAsync(SupervisedNode node)
    {
        await LogAsync("SIGTERM", node);
        var code = await node.Process.StopAsync(Cancellation);
        Assert.True(code == 0 || node.WasDeclaredDead, $"{node.Name} ended with {code}:\n{node.Process.Output}");
        await node.StartAsync(Cancellation);
    }

    public async Task RestartDatabaseAsync()
    {
        Log($"PostgreSQL ends at once and recovers; {InFlightCount()} requests in flight.");
        await postgres.KillAsync();
        await postgres.StartAsync();
    }

    /// <summary>
    /// Starts nodes again that ended although nobody harmed them. A silo may: on a machine that stands still for
    /// seconds the others declare it dead. Any other end is a fault.
    /// </summary>
    public async Task StartLostNodesAsync()
    {
        List<SupervisedNode> lost;
        lock (choosing)
        {
            lost = [.. nodes.Where(static node => node.IsReady && node.Process.HasExited)];
            lost.ForEach(static node => node.IsReady = false);
        }

        foreach (var node in lost)
        {
            // What a process wrote last is known only when its output has ended.
            await node.Process.WaitForExitAsync(Cancellation);
            Assert.True(node.WasDeclaredDead, $"{node.Name} has ended by itself:\n{node.Process.Output}");
            Log($"{node.Name} was declared dead although it lives, and is started again.");
            await node.StartAsync(Cancellation);
        }
    }

    public void Log(string what) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalSeconds,6:0.0} s  {what}"));

    private async Task LogAsync(string harm, SupervisedNode node)
    {
        var rounds = node.IsSilo ? await RoundsAsync(node.Silo) : "no rounds";
        Log($"{harm} of {node.Name}: {rounds}; {InFlightCount()} requests in flight.");
    }

    private async Task<bool> IsDeadAsync(long silo)
    {
        try
        {
            return !(await ClusterProcesses.SharesAsync(connection)).ContainsKey(silo);
        }
        catch (NpgsqlException)
        {
            // The database starts again.
            return false;
        }
    }

    // The session of a silo's commits says whether a round is under way at this moment.
    private async Task<string> RoundsAsync(long silo)
    {
        try
        {
            await using var database = new NpgsqlConnection(connection + ";Pooling=false");
            await database.OpenAsync(Cancellation);
            await using var command = new NpgsqlCommand(
                """
                select s.round, coalesce(a.state, 'no session'),
                    coalesce(extract(epoch from clock_timestamp() - a.xact_start) * 1000, 0)::float8,
                    (select count(*) from partitions p where p.silo = s.id)
                from silos s left join pg_stat_activity a on a.pid = s.backend_pid where s.id = $1
                """,
                database);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = silo });
            await using var reader = await command.ExecuteReaderAsync(Cancellation);
            return !await reader.ReadAsync(Cancellation) ? $"silo {silo}" : string.Create(
                CultureInfo.InvariantCulture,
                $"silo {silo} of {reader.GetInt64(3)} partitions, after round {reader.GetInt64(0)}, commit session "
                + $"{reader.GetString(1)} ({reader.GetDouble(2):0.0} ms in a transaction)");
        }
        catch (NpgsqlException)
        {
            return $"silo {silo}, while the database is away";
        }
    }
}
