using System.Globalization;
using Tributary.Bench.Measures;
using Tributary.Bench.Pipeline;
using Tributary.TestingHost.Brokers;
using Tributary.TestingHost.Postgres;

namespace Tributary.Bench.Benches;

/// <summary>
/// RabbitMQ, content of 2 KB on disk, the five built-in plugins, PostgreSQL, in one process with the silo: messages
/// COMPLETED per second, beside the same without plugins (stored and SKIPPED) and beside the `ingest` line. The queue
/// is full before the measurement starts.
/// </summary>
public static class PipelineBench
{
    private const int PairsCount = 3;

    // With fewer, the JIT compiler still works on the hot paths during the measurement: it took a third of both cores.
    private const int WarmUpCount = 20_000;

    // The aimed rate of the measured part, per second.
    private const int AimedPerSecond = 3_000;

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        if (options.Store != "postgres")
            throw new ArgumentException(
                "The bench pipeline runs on PostgreSQL; allowed: --store postgres.", nameof(options));
        var count = (int)(options.Duration.TotalSeconds * AimedPerSecond);
        var folder = Directory.CreateTempSubdirectory("tributary-bench-pictures-").FullName;
        try
        {
            Pictures.Write(folder, Math.Max(count, WarmUpCount));
            await using var cluster = await PostgresCluster.StartNewAsync();
            await using var broker = await RabbitMqServer.StartNewAsync();
            async Task<PipelineFigures> OneAsync(string queue, int messages, bool withPlugins) =>
                await new PipelineRun(folder, broker.Port, await cluster.CreateDatabaseAsync()).MeasureAsync(
                    queue, messages, withPlugins, cancellation);

            await OneAsync("warm-up", WarmUpCount, withPlugins: true);
            await OneAsync("warm-up-none", WarmUpCount, withPlugins: false);
            var (none, ingest) = (new Repetitions(), new Repetitions());
            var (bytes, processorUs) = (new List<double>(), new List<double>());
            for (var i = 0; i < PairsCount; i++)
            {
                var figures = await OneAsync($"all-{i}", count, withPlugins: true);
                none.Add(figures.Rate, (await OneAsync($"none-{i}", count, withPlugins: false)).Rate);
                ingest.Add(
                    figures.Rate,
                    await IngestBench.RateAsync(
                        options with
                        {
                            Postgres = await cluster.CreateDatabaseAsync(),
                        },
                        cancellation));
                bytes.Add(figures.BytesPerMessage);
                processorUs.Add(figures.ProcessorUsPerMessage);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pipeline {options.Store}: {none.Rate:0} msg/s of {count}, without plugins {none.Limit:0} msg/s, "
                + $"{none}, ingest {ingest.Limit:0} msg/s, {ingest}, {Repetitions.Median(bytes):0} B/msg, "
                + $"{Repetitions.Median(processorUs):0} us of processor/msg"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
