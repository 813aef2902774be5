using System.Diagnostics;

namespace Tributary.Silo.Tests.Running;

public class StartTests
{
    [Fact]
    public async Task A_wrong_configuration_ends_the_start_with_2_and_names_what_is_wrong()
    {
        var (exit, error) = await RunAsync("--database", "oracle");

        Assert.Equal(2, exit);
        Assert.Contains("option --database: database.type: found \"oracle\"; allowed: sqlite, postgres.", error);
    }

    [Fact]
    public async Task A_missing_configuration_file_ends_the_start_with_2()
    {
        var (exit, error) = await RunAsync("--config", "nowhere.yaml");

        Assert.Equal(2, exit);
        Assert.Contains("nowhere.yaml", error);
    }

    [Fact]
    public async Task Another_address_than_this_machine_s_needs_keys_or_insecure()
    {
        var (exit, error) = await RunAsync("--listen", "http://0.0.0.0:0");

        Assert.Equal(2, exit);
        Assert.Contains("--insecure", error);
    }

    [Fact]
    public async Task A_database_in_use_ends_the_start_with_1()
    {
        await using var server = await TributaryProcess.StartNewAsync(false, TestContext.Current.CancellationToken);
        var (exit, error) = await RunAsync("--listen", "http://127.0.0.1:0", "--data", server.DataFolder);

        Assert.Equal(1, exit);
        Assert.Contains("Tributary cannot start:", error);
    }

    private static async Task<(int Exit, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tributary.dll"), .. arguments])
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await output;
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
