using Tributary.Api;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// A step that runs when the node takes messages and before any client reaches it: added after the node's services and
/// before the web server, which the host starts last.
/// </summary>
internal sealed class Preparation(
    IServiceProvider host, Func<ApiNode, CancellationToken, Task> prepare, ProcessFault fault) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        fault.OrEndAsync(prepare(host.GetRequiredService<ApiNode>(), cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
