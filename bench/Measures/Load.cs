using System.Diagnostics;
using Tributary.Bench.Http;

namespace Tributary.Bench.Measures;

/// <summary>Connections that each send one request after the other.</summary>
internal static class Load
{
    /// <summary>Answers per second over <paramref name="duration"/>.</summary>
    public static async Task<(long Count, double PerSecond)> RunAsync(
        RawConnection[] connections, byte[][] requests, int status, TimeSpan duration, Latencies latencies)
    {
        var next = 0;
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            var count = 0;
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var request = requests[(uint)Interlocked.Increment(ref next) % (uint)requests.Length];
                var sentAt = Stopwatch.GetTimestamp();
                await connection.SendAsync(request, status);
                latencies.Add(sentAt);
                count++;
            }

            Interlocked.Add(ref done, count);
        })));
        return (done, done / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
