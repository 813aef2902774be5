using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>Every example of the documentation is treated: run, read by what reads it, or told with a reason.</summary>
public sealed partial class ExampleTests
{
    private static readonly string[] Languages = ["yaml", "json", "graphql"];

    public static TheoryData<string> Configurations => new(Of("yaml").Select(example => example.ToString()));

    public static TheoryData<string> Documents => new(Of("json").Select(example => example.ToString()));

    [Fact]
    public void Every_example_is_run_or_read_or_told_with_a_reason()
    {
        var others = All().Where(example => !Languages.Contains(example.Language)).ToList();

        Assert.Equal([], others.Where(
            example => !Treatments.Run.Contains(example.Name) && !Treatments.Told.ContainsKey(example.Name))
                .Select(example => $"{example}: {example.Name}"));
        Assert.Equal([], Treatments.Run.Concat(Treatments.Told.Keys).Except(others.Select(example => example.Name)));
        Assert.All(Treatments.Told.Values, reason => Assert.NotEqual("", reason));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_configuration_is_one(string place)
    {
        var example = All().Single(one => one.ToString() == place);
        using var work = new WorkFolder();
        work.Write("tributary.yaml", example.Text);
        var environment = new Hashtable();
        foreach (var name in new[] { "TRIBUTARY_KEY", "TRIBUTARY_DB_PASSWORD", "FILES_TOKEN", "S3_KEY", "S3_SECRET",
            "SWIFT_SECRET", "AZURE_KEY" })
            environment[name] = Convert.ToBase64String(new byte[32]);

        var config = ConfigLoader.Load(work.PathOf("tributary.yaml"), environment, []);

        Assert.Equal(example.Text.Contains("type: postgres", StringComparison.Ordinal) ? "postgres"
            : "sqlite", config.DatabaseType);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_is_JSON(string place)
    {
        var example = All().Single(one => one.ToString() == place);
        var reader = new Utf8JsonReader(
            System.Text.Encoding.UTF8.GetBytes(example.Text), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
            reader.Skip();
    }

    [Fact]
    public void The_trees_that_pages_draw_are_those_of_the_repository()
    {
        Assert.Equal([], NotThere(DocumentPage.Of("README.md"), "Grains.Abstractions/", ""));
        Assert.Equal([], NotThere(DocumentPage.Of("docs/page.md"), "index.html", "Api/wwwroot/"));
    }

    [Fact]
    public void The_test_classes_that_pages_name_are_there()
    {
        var named = DocumentPage.All.SelectMany(page => TestClasses.Matches(page.Text))
            .Select(match => match.Groups["class"].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.Equal([], named.Where(name => !File.Exists(Repository.Path(FileOf(name)))));
    }

    // "Tributary.Storage.Tests.Sqlite.SqliteFileTests" is tests/Storage.Tests/Sqlite/SqliteFileTests.cs.
    private static string FileOf(string name)
    {
        var parts = name.Split('.');
        return $"tests/{parts[1]}.Tests/{string.Join('/', parts[3..])}.cs";
    }

    private static IEnumerable<string> NotThere(DocumentPage page, string start, string folder) =>
        page.Examples.Single(example => example.Text.StartsWith(start, StringComparison.Ordinal)).Text.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(line => line.Split("  ")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(name => name.Contains('/', StringComparison.Ordinal) || folder.Length == 0 ? name : InFolder(name))
            .Where(name => !Path.Exists(Repository.Path(folder + name)));

    // The page on the page writes "js/api.js feed.js" for two files of one folder.
    private static string InFolder(string name) => name.EndsWith(".js", StringComparison.Ordinal) ? "js/" + name : name;

    [GeneratedRegex(@"-class (?<class>Tributary\.\w+\.Tests(\.\w+)+)", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex TestClasses { get; }

    private static IEnumerable<Example> All() => DocumentPage.All.SelectMany(page => page.Examples);

    private static IEnumerable<Example> Of(string language) => All().Where(example => example.Language == language);
}
