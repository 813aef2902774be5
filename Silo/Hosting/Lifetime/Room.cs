using Tributary.Rounds;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>Lets steps of the start wait while the disk is full: ending and starting again would not help.</summary>
internal sealed partial class Room(TimeProvider time, ILogger<Room> logger)
{
    // Error numbers of Linux, which the runtime passes on: no space, and a used-up quota.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly LimitedLog lines = new(time);

    public Task<T> WaitAsync<T>(Func<T> work, CancellationToken cancellation) =>
        WaitAsync(() => Task.FromResult(work()), cancellation);

    public Task WaitAsync(Func<Task> work, CancellationToken cancellation) => WaitAsync(
        async () =>
        {
            await work();
            return true;
        },
        cancellation);

    public async Task<T> WaitAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception error)
                when (error
                        is StoreException { Fault: StoreFault.Full }
                            or IOException { HResult: NoSpace or QuotaExceeded })
            {
                lines.Write(unsaid => LogWaiting(logger, error.Message, unsaid));
            }

            await Task.Delay(Delay, time, cancellation);
        }
    }
}
