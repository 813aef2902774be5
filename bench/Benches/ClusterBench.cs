using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tributary.Bench.Cluster;
using Tributary.Bench.Measures;
using Tributary.Items;
using Tributary.Pipeline.Intake;

namespace Tributary.Bench.Benches;

/// <summary>
/// The messages of <see cref="IngestBench"/> into one, two and three silos over one PostgreSQL on one machine: what a
/// cluster costs where it cannot gain. Each silo takes its share of the producers. Items get partitions of their silo;
/// contributions go to the silos of their aggregates, as rows: half of them with two silos, two thirds with three. A
/// rate counts until the last contribution is applied.
/// </summary>
internal static class ClusterBench
{
    private const int MaxSilosCount = 3;
    private const int RepetitionsCount = 3;
    private const int ProducersCount = 64;
    private const int InFlightPerProducerCount = 256;
    private const int BodiesCount = 50_000;
    private const int ContributionsCount = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        if (options.Store != "postgres" || options.Postgres is not null)
        {
            throw new ArgumentException(
                "cluster: allowed: --store postgres without --postgres, because each run needs a database of its own.");
        }

        var bodies = SampleMessages.Make(BodiesCount);
        var runs = Enumerable.Range(0, MaxSilosCount).Select(static _ => new List<Run>()).ToList();
        // In turns, so that all meet the same states of the machine.
        for (var repetition = 0; repetition < RepetitionsCount; repetition++)
        {
            for (var count = 1; count <= MaxSilosCount; count++)
                runs[count - 1].Add(await MeasureAsync(options, count, bodies, cancellation));
        }

        for (var count = 1; count <= MaxSilosCount; count++)
            Write(count, runs[count - 1], runs[0]);
    }

    private static async Task<Run> MeasureAsync(
        BenchOptions options, int count, byte[][] bodies, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        await using var cluster = await BenchCluster.StartAsync(
            store.ConnectionString!, store.Folder, count, cancellation);
        var warm = await SendAsync(cluster, bodies, WarmUp, new Latencies(), cancellation);
        await UntilAppliedAsync(store.ConnectionString!, cancellation);
        var before = await DatabaseCosts.ReadAsync(store.ConnectionString!, cancellation);
        var (processor, started, latencies) = (
            Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp(), new Latencies());
        var sent = await SendAsync(cluster, bodies, options.Duration, latencies, cancellation);
        var answered = Stopwatch.GetElapsedTime(started);
        await UntilAppliedAsync(store.ConnectionString!, cancellation);
        var applied = Stopwatch.GetElapsedTime(started);
        processor = Environment.CpuUsage.TotalTime - processor;
        var costs = await DatabaseCosts.ReadAsync(store.ConnectionString!, cancellation) - before;
        await CheckAsync(store.ConnectionString!, warm + sent, cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {count} silos: answered {sent / answered.TotalSeconds:0} msg/s, applied "
            + $"{sent / applied.TotalSeconds:0} msg/s, {latencies}"));
        return new Run(
            sent / applied.TotalSeconds, processor.TotalMicroseconds / sent, costs.ProcessorMs * 1_000 / sent,
            costs.WalBytes / (double)sent);
    }

    private static async Task<long> SendAsync(
        BenchCluster cluster, byte[][] bodies, TimeSpan duration, Latencies latencies,
        CancellationToken cancellation)
    {
        var next = 0;
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, ProducersCount).Select(producer => Task.Run(
            async () =>
            {
                var intake = cluster.Intake(producer % cluster.Count);
                var batch = new ValueTask<Receipt>[InFlightPerProducerCount];
                while (Stopwatch.GetElapsedTime(started) < duration)
                {
                    var sentAt = Stopwatch.GetTimestamp();
                    for (var i = 0; i < batch.Length; i++)
                    {
                        var body = bodies[(uint)Interlocked.Increment(ref next) % (uint)bodies.Length];
                        batch[i] = intake.AcceptAsync(new IntakeRequest { Source = "bench", Body = body });
                    }

                    foreach (var accepted in batch)
                        await accepted;
                    latencies.Add(sentAt);
                    Interlocked.Add(ref done, batch.Length);
                }
            },
            cancellation)));
        return done;
    }

    // Contributions to aggregates of other silos may still be rows when their message is acknowledged.
    private static async Task UntilAppliedAsync(string connection, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        while (await CountAsync(database, "select count(*) from deferred_calls", cancellation) > 0)
            await Task.Delay(Look, cancellation);
    }

    // A lost or repeated message, or contribution, fails the bench.
    private static async Task CheckAsync(string connection, long sent, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        var stored = await CountAsync(database, "select count(*) from messages", cancellation);
        var counted = await CountAsync(
            database,
            "select coalesce(sum((convert_from(state, 'UTF8')::json->>'count')::bigint), 0)::bigint from aggregates",
            cancellation);
        if (stored != sent || counted != sent * ContributionsCount)
        {
            throw new InvalidOperationException(
                $"{sent} messages were answered, {stored} are stored, and {counted} contributions are counted.");
        }
    }

    private static async Task<long> CountAsync(
        NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static void Write(int count, List<Run> runs, List<Run> alone)
    {
        var rate = Repetitions.Median(runs.Select(static run => run.Rate));
        var ratios = runs.Zip(alone, static (run, one) => run.Rate / one.Rate).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cluster postgres, {count} silos: {rate:0} msg/s, {Repetitions.Median(ratios):0.00} of one silo "
            + $"({ratios[0]:0.00} to {ratios[^1]:0.00}), "
            + $"{MedianOf(static run => run.ProcessorUs):0.0} us of processor time a message and "
            + $"{MedianOf(static run => run.DatabaseUs):0.0} us of the database, "
            + $"{MedianOf(static run => run.WalBytes):0} B of its log"));

        double MedianOf(Func<Run, double> figure) => Repetitions.Median(runs.Select(figure));
    }

    /// <param name="Rate">Messages per second, until their last contribution was applied.</param>
    /// <param name="ProcessorUs">Processor time of this process: of the silos and the producers, per message.</param>
    /// <param name="DatabaseUs">Processor time of PostgreSQL, per message.</param>
    /// <param name="WalBytes">What PostgreSQL wrote to its log, per message.</param>
    private readonly record struct Run(double Rate, double ProcessorUs, double DatabaseUs, double WalBytes);
}
