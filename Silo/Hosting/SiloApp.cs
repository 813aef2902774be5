using Tributary.Api;
using Tributary.Silo.Composition;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Silo.Hosting.Engine;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Silo.Hosting.Web;

namespace Tributary.Silo.Hosting;

/// <summary>A node behind its HTTP server: one life of the program.</summary>
public sealed partial class SiloApp : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly ILogger logger;

    private SiloApp(WebApplication web)
    {
        this.web = web;
        logger = web.Services.GetRequiredService<ILogger<SiloApp>>();
    }

    /// <summary>The addresses that the server listens on, with the ports that it was given.</summary>
    public IReadOnlyList<string> Addresses => [.. web.Urls];

    /// <summary>
    /// Completes with the reason when the process must end: for example, the database cannot be used any more, or a
    /// broker ended for good.
    /// </summary>
    public Task<Exception> Failed => web.Services.GetRequiredService<ProcessFault>().Happened;

    /// <summary>The services of the host, for tests.</summary>
    internal IServiceProvider Services => web.Services;

    /// <summary>Starts the node, then the server: a client that reaches the address is served.</summary>
    /// <exception cref="StoreException">The database cannot be used, or another process holds it.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static Task<SiloApp> StartAsync(SiloConfig config, CancellationToken cancellation = default) =>
        StartAsync(config, static (_, _) => Task.CompletedTask, cancellation);

    /// <param name="prepare">Runs when the node takes messages and before any client reaches it.</param>
    internal static async Task<SiloApp> StartAsync(
        SiloConfig config, Func<ApiNode, CancellationToken, Task> prepare, CancellationToken cancellation)
    {
        // Before anything is opened or made.
        FreeAddresses.Check(config.Listen);
        var threads = SpareThreads.StartAsync();
        var built = Build(config, async (node, token) =>
        {
            await threads;
            await prepare(node, token);
        });
        try
        {
            // Begins now, so that it runs while the host makes Orleans' services and Orleans starts.
            built.Services.GetService<SiloStart>()?.Begin(cancellation);
            await built.StartAsync(cancellation);
        }
        catch
        {
            await GiveBackAsync(built);
            // A step that is cancelled in the middle ends with an error of its own: the cancellation counts.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }

        var app = new SiloApp(built);
        app.LogRoles(config);
        return app;
    }

    /// <summary>
    /// Refuses new requests, answers those in flight, finishes its rounds and leaves: see <see cref="NodeStop"/>.
    /// </summary>
    public async Task StopAsync()
    {
        LogStopping();
        await web.StopAsync();
        LogStopped();
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private static WebApplication Build(SiloConfig config, Func<ApiNode, CancellationToken, Task> prepare)
    {
        var builder = WebServer.NewBuilder(config);
        if (config.Roles.HasFlag(Roles.Silo))
            builder.UseOrleans(silo => silo.UseConfiguredCluster(config).AddTributaryNode(config));
        else if (config.Cluster.IsLocal)
            builder.Services.AddTributaryReader(config);
        else
            builder.Services.AddTributaryApiNode(config);
        builder.Services.AddHostedService(host => ActivatorUtilities.CreateInstance<Preparation>(host, prepare));
        builder.Services.AddTributaryApi(config);
        return builder.Build();
    }

    /// <summary>After a start that failed: stops the services that had started, and frees their resources.</summary>
    private static async Task GiveBackAsync(WebApplication built)
    {
        try
        {
            await built.StopAsync();
        }
        catch (Exception)
        {
            // A service that had not started throws here. The error of the start is the one that counts.
        }

        await built.DisposeAsync();
    }

    private void LogRoles(SiloConfig config)
    {
        var roles = config.Roles;
        var urls = string.Join(", ", Addresses);
        if (!roles.HasFlag(Roles.Api))
            LogHealthOnly(urls);
        else if (!roles.HasFlag(Roles.Silo) && config.Cluster.IsLocal)
            LogReading(urls);
        else
            LogServing(urls);
    }
}
