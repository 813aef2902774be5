using System.Globalization;
using Tributary.TestingHost;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>
/// Azurite's tables on a free port of the loopback address, with their data in memory. The first use installs Azurite
/// with npm.
/// </summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    // The account and key that every Azurite has; they are published and protect nothing.
    private const string Account = "devstoreaccount1";
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string Folder = Repository.Path("tests/Silo.Tests/Cluster/azurite");
    private static readonly SemaphoreSlim Installing = new(1);

    private readonly LoggedProcess process;
    private readonly int port;

    private AzuriteServer(LoggedProcess process, int port) => (this.process, this.port) = (process, port);

    public string Connection => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"TableEndpoint=http://127.0.0.1:{port}/{Account}");

    /// <exception cref="InvalidOperationException">
    /// Node or npm is missing, or Azurite does not start; the message says why.
    /// </exception>
    public static async Task<AzuriteServer> StartNewAsync()
    {
        await InstallAsync();
        var tablePort = FreePort.Next();
        var started = LoggedProcess.Start(
            "node",
            [
                Path.Combine("node_modules", "azurite", "dist", "src", "table", "main.js"), "--tableHost", "127.0.0.1",
                "--tablePort", tablePort.ToString(CultureInfo.InvariantCulture), "--inMemoryPersistence",
                "--skipApiVersionCheck", "--disableTelemetry",
            ],
            folder: Folder);
        var server = new AzuriteServer(started, tablePort);
        try
        {
            await started.SaysAsync("successfully started", Patience);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await process.KillAsync();

    private static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            if (Directory.Exists(Path.Combine(Folder, "node_modules", "azurite")))
                return;
            using var npm = LoggedProcess.Start("npm", ["ci", "--no-audit", "--no-fund"], folder: Folder);
            await npm.EndsAsync(Patience);
        }
        finally
        {
            Installing.Release();
        }
    }
}
