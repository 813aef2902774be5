using System.Runtime.CompilerServices;

namespace Tributary.Tests.Shared;

/// <summary>Waits for what gives no signal, with a limit that only a fault reaches.</summary>
internal static class Waiting
{
    /// <summary>A loaded machine may take long; what has not come about by then never will.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    // Most conditions come about within some looks; one that takes longer leaves the processor to what it waits for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(20);
    private const int ShortPausesCount = 50;

    /// <exception cref="TimeoutException">It did not come about; names the condition.</exception>
    public static Task UntilAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "") =>
        UntilAsync(() => ValueTask.FromResult(isSo()), what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(
        Func<ValueTask<bool>> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        using var limit = new CancellationTokenSource(Limit);
        for (var looksCount = 1; !await isSo(); looksCount++)
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not come about within {Limit}: {what}");
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(looksCount <= ShortPausesCount ? Pause : LongPause, CancellationToken.None);
        }
    }
}
