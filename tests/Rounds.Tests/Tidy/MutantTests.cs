using System.Diagnostics;

namespace Tributary.Rounds.Tests.Tidy;

/// <summary>The lists of mutants fit the product: each text is there once, and its tests exist.</summary>
public sealed class MutantTests
{
    [Fact]
    public async Task Every_mutant_can_be_made_and_names_tests_that_exist()
    {
        var start = new ProcessStartInfo("python3", [Path.Combine("tests", "mutants", "mutants.py"), "--check"])
        {
            WorkingDirectory = Sources.Root,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var check = Process.Start(start)!;
        var output = check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(check.ExitCode == 0, await errors);
        Assert.Matches(@"^[1-9]\d* mutants\s*$", await output);
    }
}
