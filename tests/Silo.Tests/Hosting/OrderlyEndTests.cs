using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Composition;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage;
using Tributary.Storage.Ledger;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>Whatever finds that the process cannot go on ends its host in order, and the host says why.</summary>
public sealed class OrderlyEndTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly HostFolder folder = new();
    private readonly LogLines lines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        folder.Dispose();
        // The hosts of these tests leave their exit codes in the process that they run in.
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task The_program_ends_in_order_with_a_sentence_when_Orleans_declares_its_silo_dead()
    {
        await using var app = await SiloApp.StartAsync(folder.Config, Cancellation);
        var membership = app.Services.GetRequiredService<IClusterMembershipService>();

        await membership.TryKill(app.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

        var error = Assert.IsType<SiloEndedException>(await app.Failed.WaitAsync(Patience, Cancellation));
        Assert.True(ProcessFault.IsOperable(error));
        Assert.StartsWith(
            "Orleans ended this silo: I have been told I am dead", ProcessFault.SentenceOf(error),
            StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_before_Orleans_ended_the_silo_is_there_after_the_next_start()
    {
        var config = folder.Config;
        await using (var app = await SiloApp.StartAsync(config, Cancellation))
        {
            await app.Services.GetRequiredService<MessageIntake>().AcceptAsync(
                new IntakeRequest { Source = "s", Body = """{"station":"s-1"}"""u8.ToArray() });
            app.Services.GetRequiredService<IFatalErrorHandler>().OnFatalException(this, "told so by a test");
            await app.Failed.WaitAsync(Patience, Cancellation);
            await app.StopAsync();
        }

        await using var next = await SiloApp.StartAsync(config, Cancellation);
        var ledger = await next.Services.GetRequiredService<ILedgerReads>().ReadLedgerAsync(true, Cancellation);
        Assert.Equal(1, ledger.Total.Accepted);
        await next.StopAsync();
    }

    [Fact]
    public async Task A_part_of_Orleans_that_fails_is_an_error_of_the_program()
    {
        using var host = await StartAsync();
        var handler = host.Services.GetRequiredService<IFatalErrorHandler>();
        var boom = new InvalidOperationException("boom");

        Assert.True(handler.IsUnexpected(boom));
        handler.OnFatalException(this, "ProcessMembershipUpdates", boom);

        await EndedAsync(host);
        Assert.Equal(3, Environment.ExitCode);
        Assert.Contains(lines.All, static line =>
            line.Event == 4007 && line.Text.Contains(
                "ProcessMembershipUpdates (InvalidOperationException: boom)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_in_the_background_that_cannot_go_on_ends_the_host()
    {
        using var host = await StartAsync();

        host.Services.GetRequiredService<NodeBackground>().Run(
            "The work", static _ => throw new StoreException(StoreFault.Fatal, "The database is gone."));

        await EndedAsync(host);
        Assert.Equal(1, Environment.ExitCode);
        Assert.Contains((LogLevel.Critical, 4007, "The host is stopped: The database is gone."), lines.All);
    }

    [Fact]
    public async Task A_host_that_is_told_to_stop_leaves_the_exit_code_alone()
    {
        using var host = await StartAsync();

        await host.StopAsync(Cancellation);

        Assert.Equal(0, Environment.ExitCode);
        Assert.DoesNotContain(lines.All, static line => line.Level >= LogLevel.Warning);
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new Lines(lines));
        builder.AddTributary(folder.Config);
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task EndedAsync(IHost host) =>
        // What RunAsync does: it ends when the host was told to stop and has.
        await host.WaitForShutdownAsync(Cancellation).WaitAsync(Patience, Cancellation);

    private sealed class Lines(LogLines lines) : ILoggerProvider
    {
        // Orleans advises a server's garbage collection, which a test process may be without.
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Tributary", StringComparison.Ordinal) 
                ? lines
                : NullLogger.Instance;

        public void Dispose()
        {
        }
    }
}
