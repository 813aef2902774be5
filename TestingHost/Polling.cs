namespace Tributary.TestingHost;

/// <summary>Waits for what gives no signal.</summary>
internal static class Polling
{
    /// <summary>What has not come about by then on a loaded machine never will.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    /// <param name="what">Names what was waited for, and what there is instead.</param>
    /// <exception cref="TimeoutException">It did not come about; says <paramref name="what"/>.</exception>
    public static async Task UntilAsync(Func<bool> isSo, Func<string> what, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            while (!isSo())
                await timer.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not come about within {Limit}: {what()}.", error);
        }
    }
}
