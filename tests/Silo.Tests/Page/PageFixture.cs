using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

/// <summary>
/// One browser and one server with the demo's data for all tests of the page; tests that stop it start their own.
/// </summary>
public sealed class PageFixture : IAsyncLifetime
{
    /// <summary>How long what must happen may take on a loaded machine.</summary>
    private const float PatienceMs = 90_000;

    private IPlaywright? playwright;
    private IBrowser? browser;
    private TributaryProcess? server;
    private ProcessingServer? processing;

    public ITributaryServer Server => server!;

    public async ValueTask InitializeAsync()
    {
        server = await TributaryProcess.StartNewAsync(isDemo: true, TestContext.Current.CancellationToken);
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = "/usr/bin/chromium",
                // Tests run in containers without user namespaces and without a graphics card; nothing but the server
                // is contacted.
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            });
    }

    /// <summary>The server whose messages fail and are processed; started when the first test wants it.</summary>
    public async Task<ProcessingServer> ProcessingAsync() =>
        processing ??= await ProcessingServer.StartNewAsync(TestContext.Current.CancellationToken);

    /// <summary>A page on a section of a server, in a browser profile of its own.</summary>
    public async Task<OpenPage> OpenAsync(
        string section, ITributaryServer? on = null, BrowserNewContextOptions? options = null,
        Func<IPage, Task>? prepare = null)
    {
        var address = (on ?? Server).Address;
        var context = await browser!.NewContextAsync(options ?? new());
        context.SetDefaultTimeout(PatienceMs);
        var page = new OpenPage(context, await context.NewPageAsync(), address);
        if (prepare is not null)
            await prepare(page.Tab);
        await page.Tab.GotoAsync(new Uri(address, $"#/{section}").ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (server is not null)
            await server.DisposeAsync();
        if (processing is not null)
            await processing.DisposeAsync();
    }
}

/// <summary>
/// Runs the tests of the page one after the other: they measure what a person at one page would notice.
/// </summary>
[CollectionDefinition(nameof(PageCollection))]
public sealed class PageCollection : ICollectionFixture<PageFixture>;
