namespace Tributary.Silo.Tests.Documentation;

/// <summary>The page shows the sample as it is, which the tests of hosting start.</summary>
public sealed class HostingPageTests
{
    [Fact]
    public void Its_code_is_the_samples_own()
    {
        var sample = string.Join(
            "\n", Directory.EnumerateFiles(Repository.Path("samples/own-host"), "*.cs").Select(Lines));
        var shown = DocumentPage.Of("docs/hosting.md").Examples.Where(static one => one.Language == "csharp").ToList();

        Assert.Equal(2, shown.Count);
        Assert.All(shown, one => Assert.Contains(Trimmed(one.Text), sample, StringComparison.Ordinal));
    }

    private static string Lines(string file) => Trimmed(File.ReadAllText(file));

    // A page shows less of the indentation.
    private static string Trimmed(string text) =>
        string.Join("\n", text.Split('\n').Select(static line => line.Trim())).Trim();
}
