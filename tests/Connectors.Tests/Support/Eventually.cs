namespace Tributary.Connectors.Tests.Support;

/// <summary>Asks another process, or another thread that gives no signal, until it is so.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task Async(Func<bool> isSo, Func<string> what) => Async(() => Task.FromResult(isSo()), what);

    public static async Task Async(Func<Task<bool>> isSo, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, $"It did not come about: {what()}");
            await Task.Delay(Pause);
        }
    }
}
