using Tributary.Pipeline.Processing;
using Tributary.Pipeline.Replays;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Activities that are made later than the engine that runs them. Activities of an earlier process are due as soon as
/// the engine has joined, and wait until the generations are known.
/// </summary>
internal sealed record NodeActivities(ProcessActivity Processing, ReplayActivity Replaying);

/// <summary>An activity that is made when it first runs.</summary>
internal sealed class LateActivity(Func<Task<IActivity>> make) : IActivity
{
    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) =>
        await (await make().WaitAsync(cancellation)).RunAsync(start, cancellation);
}
