using System.Diagnostics;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Storage.Ledger;

namespace Tributary.Bench.Pipeline;

/// <summary>The figures of one run.</summary>
/// <param name="Rate">Messages per second.</param>
/// <param name="BytesPerMessage">The bytes that the process allocated per message.</param>
/// <param name="ProcessorUsPerMessage">
/// The processor time of the process per message, in microseconds, which depends less on other load than the rate.
/// </param>
internal readonly record struct PipelineFigures(double Rate, double BytesPerMessage, double ProcessorUsPerMessage);

/// <summary>
/// The executable's own composition in this process, from a configuration in sqAPI's form, with a full
/// queue before it and an empty database behind it. The measurement runs from the first message that the
/// ledger knows to the last that is done.
/// </summary>
internal sealed class PipelineRun(string folder, int brokerPort, string connection)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Measures with all built-in plugins, which make each message COMPLETED, or with none, which makes each SKIPPED.
    /// </summary>
    public async Task<PipelineFigures> MeasureAsync(
        string queue, int count, bool withPlugins, CancellationToken cancellation)
    {
        await PicturesQueue.FillAsync(brokerPort, queue, count, cancellation);
        var file = Path.Combine(folder, queue + ".yaml");
        await File.WriteAllTextAsync(file, Configuration(queue, withPlugins), cancellation);
        var config = ConfigLoader.Load(file, Environment.GetEnvironmentVariables(), []);
        ILedgerReads ledger = null!;
        await using var app = await SiloApp.StartAsync(
            config,
            (node, _) =>
            {
                ledger = node.Ledger;
                return Task.CompletedTask;
            },
            cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        var begun = await WaitAsync(ledger, counts => counts.Accepted > 0, limit.Token);
        var (started, allocated, processor) = (
            Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        long Done(LedgerCounts counts) => withPlugins ? counts.Completed : counts.Skipped;
        await WaitAsync(ledger, counts => Done(counts) + counts.Parked + counts.Retrying >= count, limit.Token);
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        processor = Environment.CpuUsage.TotalTime - processor;
        await CheckAsync(ledger, queue, count, Done, cancellation);
        await app.StopAsync();
        return new PipelineFigures(
            (count - Done(begun)) / elapsed.TotalSeconds,
            allocated / (double)count,
            processor.TotalMicroseconds / count);
    }

    // A lost, failed or repeated message fails the bench.
    private async Task CheckAsync(
        ILedgerReads ledger, string queue, int count, Func<LedgerCounts, long> done, CancellationToken cancellation)
    {
        var report = await ledger.ReadLedgerAsync(recount: true, cancellation);
        if (report.Total.Accepted != count || done(report.Total) != count || report.Recounted != report.Total)
            throw new InvalidOperationException(
                $"{count} messages were sent; the ledger has {report.Total}, its rows {report.Recounted}.");
        var left = await PicturesQueue.CountAsync(brokerPort, queue, cancellation);
        if (left > 0)
            throw new InvalidOperationException($"The queue still holds {left} messages.");
    }

    private static async Task<LedgerCounts> WaitAsync(
        ILedgerReads ledger, Func<LedgerCounts, bool> until, CancellationToken cancellation)
    {
        while (true)
        {
            var counts = (await ledger.ReadLedgerAsync(recount: false, cancellation)).Total;
            if (until(counts))
                return counts;
            await Task.Delay(Look, cancellation);
        }
    }

    private string Configuration(string queue, bool withPlugins) => $$$"""
        broker: {type: rabbitmq, host: 127.0.0.1, port: {{{brokerPort}}}, queue: {{{queue}}}, requeue: false}
        message:
          parser: {type: string, format: 'uuid|file|metadata', delimiter: '|'}
          mime: {path: 'mime.type', path_separator: ':'}
          fields:
            uuid: {key: uuid, required: True}
            data_location: {key: file, required: True}
            meta_location: {key: uuid, required: True}
            metadata: {key: metadata, required: False}
        database: {type: postgres, connection: '{{{connection}}}'}
        data_store: {type: disk, root: '{{{folder}}}'}
        api: {urls: ['http://127.0.0.1:0']}
        logging: {level: warning}
        {{{(withPlugins ? "active_plugins" : "disabled_plugins")}}}: [datatypes, duplicates, hashes, sizes, exif]
        """;
}
