using Tributary.Api.Tests.Support;
using Tributary.Silo.Configuration;
using Tributary.TestingHost.Postgres;

namespace Tributary.Api.Tests.Processing;

/// <summary>
/// A server over messages of all sorts: 12 whose content is not there, 5 that one plugin parked, 8 that are completed,
/// 2 that could not be mapped. In this order, by the items m-0, b-0, g-0 and so on; and servers over nothing.
/// </summary>
public class ProcessingFixture : IAsyncLifetime
{
    private readonly List<ContentFolder> folders = [];
    private RunningServer? server;

    public RunningServer Server => server!;

    public async ValueTask InitializeAsync()
    {
        var (started, content) = await NewServerAsync();
        server = started;
        for (var n = 0; n < 12; n++)
            await server.ReferAsync($"m-{n}", $"missing-{n}", "cams");
        for (var n = 0; n < 5; n++)
        {
            content.Write($"bad-{n}", $"bad {new string('x', n)}");
            await server.ReferAsync($"b-{n}", $"bad-{n}", "labs");
        }

        for (var n = 0; n < 8; n++)
        {
            content.Write($"good-{n}", $"good {new string('x', 10 * n)}");
            await server.ReferAsync($"g-{n}", $"good-{n}", "labs");
        }

        await server.AcceptAsync("""{"no":"id"}""", "/api/v1/messages?source=odd");
        await server.AcceptAsync("""{"no":"id either"}""", "/api/v1/messages?source=odd");
        await server.LedgerIsAsync(completed: 8, retrying: 12, parked: 7);
    }

    /// <summary>
    /// A further server, over an empty database of its own, and where the content of its messages lies.
    /// </summary>
    internal async Task<(RunningServer Server, ContentFolder Content)> NewServerAsync()
    {
        var content = new ContentFolder();
        folders.Add(content);
        return (await StartAsync(content.Configure), content);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (server is not null)
            await server.DisposeAsync();
        foreach (var folder in folders)
            folder.Dispose();
    }

    protected virtual Task<RunningServer> StartAsync(Func<SiloConfig, SiloConfig> change) =>
        RunningServer.StartAsync(change: change);
}

/// <summary>The same over a PostgreSQL server of its own.</summary>
public sealed class PostgresProcessingFixture : ProcessingFixture
{
    private PostgresCluster? cluster;

    public async Task<string> NewDatabaseAsync()
    {
        cluster ??= await PostgresCluster.StartNewAsync();
        return await cluster.CreateDatabaseAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
    }

    protected override async Task<RunningServer> StartAsync(Func<SiloConfig, SiloConfig> change) =>
        await RunningServer.StartAsync(postgres: await NewDatabaseAsync(), change: change);
}
