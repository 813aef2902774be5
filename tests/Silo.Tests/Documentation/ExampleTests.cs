using System.Collections;
using System.Text.Json;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>Every example of the documentation is treated: run, read by what reads it, or told with a reason.</summary>
public sealed class ExampleTests
{
    private static readonly string[] Languages = ["yaml", "json", "graphql"];

    public static TheoryData<string> Configurations => new(Of("yaml").Select(example => example.ToString()));

    public static TheoryData<string> Documents => new(Of("json").Select(example => example.ToString()));

    [Fact]
    public void Every_example_is_run_or_read_or_told_with_a_reason()
    {
        var others = All().Where(example => !Languages.Contains(example.Language)).ToList();

        Assert.Equal([], others.Where(example => !Treatments.Run.Contains(example.Name) && !Treatments.Told.ContainsKey(example.Name)).Select(example => $"{example}: {example.Name}"));
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
        foreach (var name in new[] { "TRIBUTARY_KEY", "TRIBUTARY_DB_PASSWORD", "FILES_TOKEN", "S3_KEY", "S3_SECRET", "SWIFT_SECRET", "AZURE_KEY" })
            environment[name] = Convert.ToBase64String(new byte[32]);

        var config = ConfigLoader.Load(work.PathOf("tributary.yaml"), environment, []);

        Assert.Equal(example.Text.Contains("type: postgres", StringComparison.Ordinal) ? "postgres" : "sqlite", config.DatabaseType);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_is_JSON(string place)
    {
        var example = All().Single(one => one.ToString() == place);
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(example.Text), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
            reader.Skip();
    }

    private static IEnumerable<Example> All() => DocumentPage.All.SelectMany(page => page.Examples);

    private static IEnumerable<Example> Of(string language) => All().Where(example => example.Language == language);
}
