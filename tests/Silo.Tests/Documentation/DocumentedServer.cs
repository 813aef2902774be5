using System.Net;
using System.Net.Sockets;
using Tributary.TestingHost;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>A server that was started by a command line of the documentation.</summary>
internal sealed class DocumentedServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(6);

    private readonly LoggedProcess process;

    private DocumentedServer(LoggedProcess process, Uri address)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = Waiting.Limit };
    }

    public HttpClient Http { get; }

    public string Said => process.Said;

    public static async Task<DocumentedServer> StartAsync(
        string command, IReadOnlyDictionary<string, string> environment, string folder, Uri address)
    {
        // The shell becomes the program, so that the process that was started here is the one to end.
        var server = new DocumentedServer(
            LoggedProcess.Start("bash", ["-c", "exec " + command], environment, folder), address);
        try
        {
            await Waiting.UntilAsync(async () => server.process.HasEnded
                ? throw new InvalidOperationException($"\"{command}\" ended: {server.Said}")
                : await server.IsReadyAsync());
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.TerminateAsync(StopLimit);
    }

    private async ValueTask<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("health/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or SocketException)
        {
            // Not listening yet. A connection that is lost the moment it is made ends with the error of its socket.
            return false;
        }
    }
}
