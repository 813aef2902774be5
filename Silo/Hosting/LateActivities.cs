using Tributary.Grains;

namespace Tributary.Silo.Hosting;

/// <summary>
/// Activities that are made later than the silo that runs them: those of an earlier life are due as soon as it has joined, and wait until the generations
/// are known.
/// </summary>
internal sealed class LateActivities
{
    private readonly TaskCompletionSource<IActivity> processing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IActivity> replaying = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all are made.</summary>
    public Task Opened => replaying.Task;

    public Task<IActivity> Processing => processing.Task;

    public Task<IActivity> Replaying => replaying.Task;

    public void Open(ProcessActivity process, ReplayActivity replay)
    {
        processing.SetResult(process);
        replaying.SetResult(replay);
    }
}

/// <summary>An activity that is made when it is needed.</summary>
internal sealed class LateActivity(Func<Task<IActivity>> make) : IActivity
{
    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) =>
        await (await make().WaitAsync(cancellation)).RunAsync(start, cancellation);
}
