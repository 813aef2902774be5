namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// Ends a host that another program made, when the node in it cannot go on. Tributary's own program does not need this:
/// it waits for the fault itself, so that the reason is the last line that it writes.
/// </summary>
internal sealed partial class FaultWatch(
    ProcessFault fault, IHostApplicationLifetime lifetime, ILogger<FaultWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var error = await fault.Happened.WaitAsync(stoppingToken);
        LogEnding(ProcessFault.SentenceOf(error));
        Environment.ExitCode = ProcessFault.IsOperable(error) ? ExitCodes.CouldNotRun : ExitCodes.Broken;
        lifetime.StopApplication();
    }
}
