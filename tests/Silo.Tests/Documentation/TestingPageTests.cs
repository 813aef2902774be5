namespace Tributary.Silo.Tests.Documentation;

/// <summary>The page of test clusters shows a test that runs.</summary>
public sealed class TestingPageTests
{
    [Fact]
    public void Its_example_is_a_test_that_runs()
    {
        var test = Trimmed(File.ReadAllText(
            Repository.Path("tests/Rounds.Orleans.Tests/TestingExampleTests.cs")));
        var shown = Assert.Single(
            DocumentPage.Of("docs/testing.md").Examples, static one => one.Language == "csharp");

        Assert.Contains(Trimmed(shown.Text), test, StringComparison.Ordinal);
    }

    // A page shows less of the indentation.
    private static string Trimmed(string text) =>
        string.Join("\n", text.Split('\n').Select(static line => line.Trim())).Trim();
}
