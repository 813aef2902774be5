using Tributary.Api.Http;
using Tributary.Feed;

namespace Tributary.Api.Aggregates;

/// <summary>
/// Waits until aggregates count everything that was accepted up to a cursor, so that the next read on any node shows
/// it. Messages that plugins still process are counted when they are processed, and are not waited for.
/// </summary>
internal sealed class CountedBefore(ApiNode node, TimeProvider time)
{
    public const int DefaultDeadlineMs = 5_000;

    public const int MaxDeadlineMs = 30_000;

    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250));

    /// <summary>By the parameters <c>atLeast</c> and <c>deadline</c> of a request.</summary>
    /// <exception cref="TributaryException">
    /// <c>parameter_invalid</c>, and those of <see cref="WaitAsync(string, int, CancellationToken)"/>.
    /// </exception>
    public Task WaitAsync(in Parameters parameters, CancellationToken cancellation)
    {
        var deadlineMs = (int)(parameters.Number("deadline", 0, MaxDeadlineMs) ?? DefaultDeadlineMs);
        if (parameters.Text("atLeast") is { } cursor)
            return WaitAsync(cursor, deadlineMs, cancellation);
        return parameters.Text("deadline") is { } alone
            ? throw Parameters.Invalid("deadline", alone, "nothing without the parameter 'atLeast'")
            : Task.CompletedTask;
    }

    /// <exception cref="TributaryException">
    /// <c>cursor_invalid</c>, <c>cursor_of_another_history</c>; <c>not_counted_yet</c> at the deadline.
    /// </exception>
    public async Task WaitAsync(string cursor, int deadlineMs, CancellationToken cancellation)
    {
        var upTo = Cursor.Parse(cursor, node.History);
        var deadline = TimeSpan.FromMilliseconds(deadlineMs);
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var counted = await node.Aggregates.ReadCountedAsync(upTo, cancellation);
            if (counted.IsComplete)
                return;
            var left = deadline - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                var missing = counted.IsVisible
                    ? "calls to aggregates that these messages led to wait for the silos that own the aggregates"
                    : "a transaction that began before is still open, so that messages may appear below the cursor";
                throw new TributaryException(
                    "not_counted_yet", $"Not everything up to the cursor is counted after {deadlineMs} ms: {missing}.");
            }

            var pause = Pauses.After(attempt);
            await Task.Delay(pause < left ? pause : left, time, cancellation);
        }
    }
}
