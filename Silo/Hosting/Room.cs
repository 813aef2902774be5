using Tributary.Rounds;
using Tributary.Storage;

namespace Tributary.Silo.Hosting;

/// <summary>
/// What the start does on a disk that is full waits until there is room: to end and begin again would not help.
/// </summary>
internal sealed partial class Room(TimeProvider time, ILogger<Room> logger)
{
    // Numbers of errors on Linux, which the runtime hands on: no space, and a quota that is used up.
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
