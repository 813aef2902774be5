using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Tributary.Pipeline.Plugins.BuiltIn;
using Tributary.Plugins;
using Tributary.Plugins.Exec;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>What the page on plugins shows is what works.</summary>
public sealed class DocumentedPluginTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "plugins.md"));

    [Fact]
    public async Task The_class_of_the_page_is_the_one_that_runs_here()
    {
        var source = await File.ReadAllTextAsync(
            Path.Combine(Path.GetDirectoryName(Here())!, "LinesPlugin.cs"), TestContext.Current.CancellationToken);
        var shown = Blocks("csharp").Single();
        var host = await new PluginBench().BoundAsync(new LinesPlugin());
        var run = await host
            .Active.Plugins[0]
            .RunAsync(PluginBench.Context("a\nb\n"), TestContext.Current.CancellationToken);

        Assert.EndsWith(shown, source);
        Assert.Equal("""{"lines":2}""", Encoding.UTF8.GetString(run.Result.Records[0].Json.Span));
    }

    [Fact]
    public void The_request_of_the_page_has_the_keys_of_a_request()
    {
        var shown = JsonElement.Parse(Blocks("json")[0]);
        var context = PluginBench.Context();
        var written = JsonElement.Parse(ExecRequest.Write(17, context, "/tmp/x", JsonElement.Parse("{}")).Span);

        Assert.Equal(Keys(written), Keys(shown));
        Assert.Equal(Keys(written.GetProperty("message")), Keys(shown.GetProperty("message")));
    }

    [Fact]
    public void The_answers_of_the_page_are_answers()
    {
        var shown = Blocks("json")[1];
        var second = shown.IndexOf("{\"id\":18", StringComparison.Ordinal);

        var result = ExecAnswer.Read(Encoding.UTF8.GetBytes(shown[..second]), 17);
        var error = Assert.Throws<PluginException>(() => ExecAnswer.Read(Encoding.UTF8.GetBytes(shown[second..]), 18));

        Assert.Equal(
            (1, "texts", 2),
            (result.Records.Count, result.Contributions.Single().Aggregate, result.Commands.Single().Parameters.Count));
        Assert.Equal(("The text is not UTF-8.", false), (error.Message, error.MayHelpToRetry));
    }

    [Fact]
    public void The_page_names_every_built_in_plugin() =>
        Assert.All(BuiltInPlugins.All(), plugin =>
            Assert.Contains($"| `{plugin.Name}` |", Page, StringComparison.Ordinal));

    private static IEnumerable<string> Keys(JsonElement json) => json.EnumerateObject().Select(field => field.Name);

    private static List<string> Blocks(string language) =>
        [
            .. Page.Split($"```{language}\n")
                .Skip(1)
                .Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)]),
        ];

    private static string Here([CallerFilePath] string path = "") => path;
}
