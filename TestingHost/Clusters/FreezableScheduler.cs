using Tributary.Rounds;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// Runs an engine as its own scheduler does, and nothing of it while the gate is closed. A step of the loop, and work
/// up to its next wait, end when they have begun.
/// </summary>
internal sealed class FreezableScheduler(IRoundScheduler running, Gate gate) : IRoundScheduler
{
    public ILoop StartLoop(Action step) => running.StartLoop(() =>
    {
        gate.Pass();
        step();
    });

    public void Start(Func<Task> work) => running.Start(async () =>
    {
        await gate.PassAsync(CancellationToken.None);
        await work();
    });

    public void StartUrgent(Func<Task> work) => running.StartUrgent(() =>
    {
        gate.Pass();
        return work();
    });
}
