using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Hosting.Web;

/// <summary>
/// A server that closes its connections when the time for requests in flight is over, not when the time of the whole
/// host is: the engine leaves after the server.
/// </summary>
internal sealed class ServerCloseLimit(IServer server, NodeStop stop) : IServer
{
    public IFeatureCollection Features => server.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => server.StartAsync(application, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        closing.CancelAfter(stop.TimeToClose);
        await server.StopAsync(closing.Token);
    }

    public void Dispose() => server.Dispose();
}
