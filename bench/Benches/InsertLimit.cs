using Tributary.Bench.Limits;
using Tributary.Messages;
using Tributary.Pipeline.Intake;

namespace Tributary.Bench.Benches;

/// <summary>
/// The rate at which the store takes bare message rows: the limit of everything that stores messages.
/// </summary>
public static class InsertLimit
{
    private const int SampleCount = 10_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Rows of <paramref name="bodies"/> per second, in a table of its own on the same disk or server.
    /// </summary>
    public static Task<double> MeasureAsync(BenchStore store, byte[][] bodies, CancellationToken cancellation) =>
        MeasureAsync(store, bodies, Duration, cancellation);

    /// <inheritdoc cref="MeasureAsync(BenchStore, byte[][], CancellationToken)"/>
    public static async Task<double> MeasureAsync(
        BenchStore store, byte[][] bodies, TimeSpan duration, CancellationToken cancellation)
    {
        var ids = new MessageIds(() => (ulong)Random.Shared.NextInt64());
        var now = DateTimeOffset.UtcNow;
        var sample = bodies
            .Take(SampleCount)
            .Select(body => new AppendedMessage(
                new Message
                {
                    Id = ids.Next(now),
                    Source = "bench",
                    Item = "",
                    MediaType = "application/json",
                    Body = body,
                    ReceivedAt = now,
                },
                1,
                [1, 2, 3]))
            .ToList();
        return store.ConnectionString is { } connection
            ? await new CopyLimit(connection).MeasureAsync(duration, sample, cancellation)
            : await new SqliteInsertLimit(Path.Combine(store.Folder, Guid.NewGuid().ToString("N"))).MeasureAsync(
                duration, sample, cancellation);
    }
}
