using System.Globalization;
using Tributary.Silo.Tests.Page;
using Tributary.TestingHost;
using Tributary.TestingHost.Brokers;
using Tributary.TestingHost.Postgres;
using Tributary.TestingHost.Redis;
using Tributary.TestingHost.Swift;

namespace Tributary.Silo.Tests.Running;

/// <summary>A run of these tests that is killed leaves neither servers nor files behind.</summary>
public sealed class KilledRunTests
{
    private const string Ready = "Every server of this run is up.";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task A_run_that_is_killed_takes_its_servers_and_its_files_along()
    {
        using var run = LoggedProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Tributary.Silo.Tests.dll"), "-noColor", "-showLiveOutput",
                "-explicit", "only", "-method", $"*.{nameof(A_run_with_every_server_goes_on_until_it_is_killed)}"]);
        await run.SaysAsync(Ready, StartLimit);
        var folder = Assert.Single(
            Directory.EnumerateDirectories(
                Path.GetDirectoryName(TestRun.Folder)!,
            string.Create(CultureInfo.InvariantCulture, $"tributary-tests-{run.Id}-*")));
        Assert.InRange(ProcessesOf(folder).Count, 12, int.MaxValue);

        // This process alone, as the system does when memory is short: none of what it has started.
        await run.KillAloneAsync();

        await Waiting.UntilAsync(
            () => ProcessesOf(folder).Count == 0 && !Directory.Exists(folder), $"{folder} and its processes are gone");
    }

    [Fact(Explicit = true)]
    public async Task A_run_with_every_server_goes_on_until_it_is_killed()
    {
        await using var postgres = await PostgresCluster.StartNewAsync();
        await using var rabbit = await RabbitMqServer.StartNewAsync();
        await using var redis = await RedisServer.StartNewAsync();
        await using var swift = await SwiftServer.StartNewAsync();
        await using var server =
            await TributaryProcess.StartNewAsync(isDemo: false, TestContext.Current.CancellationToken);
        var page = new PageFixture();
        await page.InitializeAsync();
        await using var open = await page.OpenAsync("live");
        await open.WaitUntilLiveAsync();
        await Console.Out.WriteLineAsync(Ready);
        await Task.Delay(Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);
    }

    /// <summary>The ids of processes that work in a folder, or whose variables or command name it.</summary>
    private static List<int> ProcessesOf(string folder)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                if (new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget?.StartsWith(
                    folder, StringComparison.Ordinal) == true
                    || File.ReadAllText(Path.Combine(process, "environ")).Contains(folder, StringComparison.Ordinal)
                    || File.ReadAllText(Path.Combine(process, "cmdline")).Contains(folder, StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }

        return found;
    }
}
